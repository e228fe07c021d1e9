import pytest

from benchmarks.panel.floor import ignored, yields
from benchmarks.panel.marks import Kind
from tests.benchmarks.panel.channels import call, mark

INTO = mark(Kind.INTERRUPTION, 3, 5)


def test_yield_latency_runs_from_the_callers_first_sound_to_the_agents_last() -> None:
    assert yields(call([(0, 3.31)], INTO)) == [pytest.approx(0.31, abs=0.005)]


def test_who_stops_after_two_seconds_has_not_yielded() -> None:
    assert yields(call([(0, 5.1)], INTO)) == [None]


def test_a_breath_is_no_yielding() -> None:
    assert yields(call([(0, 3.3), (3.45, 9)], INTO)) == [None]


def test_an_interruption_of_nobody_does_not_count() -> None:
    assert yields(call([(0, 2.5)], INTO)) == []


def test_the_end_of_the_call_is_no_yielding() -> None:
    assert yields(call([(0, 20)], mark(Kind.INTERRUPTION, 19, 19.5))) == [None]


@pytest.mark.parametrize("kind", [Kind.BACKCHANNEL, Kind.NOISE, Kind.SIDE_SPEECH, Kind.SIDE_SPEECH_HEARD])
def test_talking_on_ignores_a_sound_and_stopping_does_not(kind: Kind) -> None:
    sound = mark(kind, 3, 3.5)
    assert ignored(call([(0, 4.6)], sound), kind) == [True]
    assert ignored(call([(0, 4.4)], sound), kind) == [False]
    assert ignored(call([(0, 4.4)], sound), Kind.INTERRUPTION) == []


def test_going_on_after_a_pause_of_note_is_no_ignoring() -> None:
    assert ignored(call([(0, 3.4), (3.8, 9)], mark(Kind.NOISE, 3, 3.5)), Kind.NOISE) == [False]


def test_a_silent_agent_ignores_a_sound_by_staying_silent() -> None:
    sound = mark(Kind.NOISE, 3, 3.5)
    assert ignored(call([(0, 2), (5.6, 7)], sound), Kind.NOISE) == [True]
    assert ignored(call([(0, 2), (5.4, 7)], sound), Kind.NOISE) == [False]
