"""Figures of several rounds: their noise, their ratios, the best number of calls."""

from dataclasses import replace

import pytest

from benchmarks.ratios import Measured, Sweep, barge_in, cpu, difference, failures, memory, ratio, reply
from benchmarks.result import Point
from tests.benchmarks.runs import point, spread


def sweep(*points: Point) -> Sweep:
    return Sweep.of("stock", points)


def curve(*points: tuple[int, float, float]) -> Sweep:
    """One quiet round each: calls, CPU, p95 reply."""
    return sweep(*(point("stock", *figures) for figures in points))


def test_rounds_give_their_median_and_half_their_range() -> None:
    rounds = [point("stock", 4, value) for value in (90.0, 84.0, 100.0)]
    assert sweep(*rounds).at(4, cpu) == Measured(90.0, 8.0)


def test_quiet_rounds_win_over_noisy_ones_and_are_never_averaged_with_them() -> None:
    quiet, loud = point("stock", 4, 90), point("stock", 4, 300, noise="5% of a core stolen")
    assert sweep(loud, quiet, loud).at(4, cpu) == Measured(90, 0.0)
    assert sweep(loud, loud).at(4, cpu) == Measured(300, 0.0, noisy=True)


def test_what_did_not_happen_is_not_zero_milliseconds() -> None:
    one = sweep(point("stock", 1, barge_in=spread(0, n=0)))
    assert one.at(1, barge_in) is None
    assert one.at(1, memory) is None
    assert one.at(2, cpu) is None
    assert one.at(None, cpu) is None


def test_a_ratio_has_the_noise_of_both_sides() -> None:
    found = ratio(Measured(8, 0.8), Measured(80, 8))
    assert found is not None
    assert found.value == pytest.approx(0.1)
    assert found.relative == pytest.approx(0.1414, abs=1e-4)


def test_a_ratio_has_five_percent_noise_at_least_and_inherits_doubt() -> None:
    assert ratio(Measured(10, 0), Measured(5, 0, noisy=True)) == Measured(2, 0.1, noisy=True)


def test_a_missing_or_empty_side_gives_no_ratio() -> None:
    one = Measured(1.0)
    assert ratio(None, one) is ratio(one, None) is ratio(one, Measured(0.0)) is None
    assert difference(one, None) is difference(None, one) is None


def test_a_difference_has_the_noise_of_both_sides() -> None:
    assert difference(Measured(70, 3), Measured(30, 4)) == Measured(40, 5.0)


def test_the_best_number_of_calls_costs_least_while_replies_come_in_time() -> None:
    assert curve((1, 110, 90), (4, 90, 120), (6, 88, 190), (8, 70, 191)).best() == 6


def test_the_best_number_of_calls_has_no_failed_calls() -> None:
    broken = point("stock", 4, 10, 90, failures=["no reply"])
    assert sweep(point("stock", 1, 110, 90), broken).best() == 1


def test_the_best_number_of_calls_is_a_quiet_one() -> None:
    loud = point("stock", 4, 10, 90, noise="load generator 12 ms late")
    assert sweep(point("stock", 1, 110, 90), loud).best() == 1
    assert sweep(loud).best() == 4
    assert sweep().best() is None


def test_a_core_carries_calls_until_the_first_slow_step() -> None:
    carried = curve((1, 110, 90), (4, 90, 120), (6, 88, 191), (8, 70, 100)).carried()
    assert carried is not None
    assert (carried.calls, carried.at_least, carried.noisy) == (4, False, False)


def test_a_sweep_that_ends_before_the_subject_does_says_at_least() -> None:
    carried = curve((1, 110, 90), (4, 90, 120)).carried()
    assert carried is not None
    assert (carried.calls, carried.at_least) == (4, True)


def test_without_one_call_nobody_knows_what_is_slower() -> None:
    assert curve((10, 30, 90)).carried() is None


def test_a_subject_that_answers_nobody_carries_none_of_them() -> None:
    silent = replace(point("stock", 4), reply=spread(0, n=0))
    carried = sweep(point("stock", 1), silent).carried()
    assert carried is not None
    assert carried.calls == 1


def test_a_noisy_step_at_the_edge_leaves_the_count_in_doubt() -> None:
    slow = point("stock", 4, 90, 900, noise="11% of a core used by others")
    carried = sweep(point("stock", 1, 110, 90), slow).carried()
    assert carried is not None
    assert (carried.calls, carried.noisy) == (1, True)


def test_faults_add_up_over_rounds_and_numbers_of_calls() -> None:
    broken = point("stock", 4, failures=["no reply", "closed"])
    whole = sweep(point("stock", 1), broken, broken, point("stock", 9, failures=["closed"]))
    assert whole.total(4, failures) == Measured(4)
    assert whole.total(0, failures) is None


def test_faults_in_noisy_rounds_alone_are_in_doubt() -> None:
    loud = point("stock", 4, failures=["closed"], noise="5% of a core stolen")
    assert sweep(point("stock", 1), loud).total(4, failures) == Measured(1, noisy=True)
    assert sweep(point("stock", 1), loud, point("stock", 4)).total(4, failures) == Measured(0)


def test_replies_are_read_at_their_95th_percentile() -> None:
    assert reply(point("stock", 1, reply=90)) == 90
