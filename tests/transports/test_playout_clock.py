"""The clock knows where the carrier plays: by when sound went out, and by marks that come back."""

import pytest

from transports.playout_clock import PlayoutClock

SECOND = 8000


def far(clock: PlayoutClock, now: float) -> float:
    """Seconds that were played."""
    return clock.position(now) / SECOND


def test_it_counts_from_where_sound_went_out_into_silence() -> None:
    clock = PlayoutClock()
    clock.start(3 * SECOND, 10.0)
    assert far(clock, 10.5) == 3.5
    assert clock.due(4 * SECOND) == 11.0


def test_the_way_of_a_mark_is_not_taken_for_a_late_start() -> None:
    clock = PlayoutClock()
    clock.measure(0.14)
    clock.start(0, 10.0)
    clock.prove(SECOND, 11.14)
    assert far(clock, 12.0) == pytest.approx(2.0, abs=0.001)


def test_a_carrier_that_waits_before_it_plays_is_found_out_by_the_first_mark() -> None:
    clock = PlayoutClock()
    clock.measure(0.14)
    clock.start(0, 10.0)
    clock.prove(SECOND, 11.14 + 0.06)
    assert far(clock, 12.0) == pytest.approx(1.94, abs=0.001)


def test_a_single_late_mark_is_the_networks_fault_and_a_second_one_is_not() -> None:
    clock = PlayoutClock()
    clock.start(0, 10.0)
    clock.prove(SECOND, 11.0)
    clock.prove(2 * SECOND, 12.4)
    assert far(clock, 12.5) == pytest.approx(2.5, abs=0.001)
    clock.prove(3 * SECOND, 13.3)
    assert far(clock, 13.5) == pytest.approx(3.2, abs=0.001)


def test_late_marks_on_time_again_change_nothing() -> None:
    clock = PlayoutClock()
    clock.start(0, 10.0)
    for mark, at in enumerate((11.0, 12.4, 13.0, 14.0), 1):
        clock.prove(mark * SECOND, at)
        assert far(clock, 14.5) == pytest.approx(4.5, abs=0.001)


def test_a_mark_that_is_earlier_than_thought_is_believed_at_once() -> None:
    clock = PlayoutClock()
    clock.start(0, 10.0)
    clock.prove(SECOND, 11.3)
    clock.prove(2 * SECOND, 12.1)
    assert far(clock, 12.1) == pytest.approx(2.0, abs=0.001)


def test_the_shortest_way_counts_until_there_is_another_one() -> None:
    clock = PlayoutClock()
    for seconds in (0.3, 0.1, 0.2):
        clock.measure(seconds)
    clock.start(0, 10.0)
    clock.prove(SECOND, 11.1)
    assert far(clock, 12.0) == pytest.approx(2.0, abs=0.001)
    clock.reconnect()
    clock.start(0, 20.0)
    clock.prove(SECOND, 21.1)
    assert far(clock, 22.0) == pytest.approx(1.9, abs=0.001)
