import pytest

from benchmarks.panel.marks import Kind
from benchmarks.panel.silence import dead_air
from tests.benchmarks.panel.channels import call, mark

TURN = mark(Kind.TURN, 2, 4)


def test_waiting_for_an_answer_is_dead_air_from_its_beginning_if_it_is_longer_than_a_second() -> None:
    assert dead_air(call([(0, 1), (5.5, 6)], TURN)) == pytest.approx(1.5, abs=0.01)
    assert dead_air(call([(0, 1), (4.9, 6)], TURN)) == 0


def test_the_callers_own_silence_is_not() -> None:
    assert dead_air(call([(4.3, 6)], TURN, mark(Kind.TURN, 12, 13))) == 0


def test_a_noise_that_stops_the_agent_for_good_leaves_dead_air() -> None:
    noise, again = mark(Kind.NOISE, 5, 5.5), mark(Kind.PROMPT, 9, 9.5)
    assert dead_air(call([(4.3, 6), (9.8, 11)], noise, again)) == pytest.approx(3.0, abs=0.01)


def test_a_noise_that_is_ignored_leaves_none() -> None:
    assert dead_air(call([(4.3, 8), (12, 13)], mark(Kind.NOISE, 5, 5.5), mark(Kind.TURN, 10, 11))) == 0


def test_a_noise_into_silence_asks_for_no_answer() -> None:
    assert dead_air(call([(0, 1), (8, 9)], mark(Kind.NOISE, 2, 2.5))) == 0
