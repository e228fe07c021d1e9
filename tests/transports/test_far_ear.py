"""What the caller heard, by what went out, when, and what the marks say."""

import pytest

from transports.far_ear import FarEar, Heard


@pytest.fixture
def ear() -> FarEar:
    return FarEar()


def sound(seconds: float, byte: int = 0x20) -> bytes:
    return bytes([byte]) * round(seconds * 8000)


def heard(ear: FarEar, until: float) -> list[tuple[float, int, bool]]:
    """When, how many milliseconds, and whether behind the piece before."""
    return [(round(h.at, 3), round(len(h.mulaw) / 8), h.continues) for h in ear.take(until)]


def test_messages_are_played_one_behind_the_other(ear: FarEar) -> None:
    ear.play(sound(0.5), 1.0)
    ear.play(sound(0.5), 1.1)
    assert heard(ear, 1.2) == [(1.0, 200, False)]
    assert heard(ear, 1.7) == [(1.2, 500, True)]
    assert heard(ear, 9.0) == [(1.7, 300, True)]
    assert heard(ear, 9.0) == []


def test_what_comes_into_silence_is_played_at_once(ear: FarEar) -> None:
    ear.play(sound(0.5), 1.0)
    ear.play(sound(0.5), 3.0)
    assert heard(ear, 9.0) == [(1.0, 500, False), (3.0, 500, False)]


def test_what_a_clear_drops_was_not_heard(ear: FarEar) -> None:
    ear.play(sound(2.0, 1), 1.0)
    ear.clear(1.5)
    ear.play(sound(1.0, 2), 1.5)
    assert [(h.at, h.mulaw) for h in ear.take(9.0)] == [(1.0, sound(0.5, 1)), (1.5, sound(1.0, 2))]


def test_a_clear_into_silence_drops_nothing(ear: FarEar) -> None:
    ear.clear(0.5)
    ear.play(sound(0.5), 1.0)
    ear.clear(2.0)
    assert heard(ear, 9.0) == [(1.0, 500, False)]


def test_a_clear_takes_nothing_back_that_was_taken(ear: FarEar) -> None:
    ear.play(sound(2.0), 1.0)
    assert heard(ear, 1.6) == [(1.0, 600, False)]
    ear.clear(1.5)
    assert heard(ear, 9.0) == []
    ear.play(sound(0.1), 1.7)
    assert heard(ear, 9.0) == [(1.7, 100, False)]


def test_a_carrier_that_plays_late_is_heard_late(ear: FarEar) -> None:
    ear.play(sound(1.0), 1.0)
    ear.mark("one", 1.0)
    ear.play(sound(1.0), 1.0)
    ear.marked("one", 2.060)
    assert heard(ear, 3.0) == [(1.06, 1940, False)]


def test_the_way_of_a_mark_is_no_lateness(ear: FarEar) -> None:
    ear.mark("probe", 0.9)
    ear.marked("probe", 1.0)
    assert ear.way == pytest.approx(0.1)
    ear.play(sound(1.0), 1.0)
    ear.mark("one", 1.0)
    ear.marked("one", 2.1)
    assert heard(ear, 3.0) == [(1.0, 1000, False)]
    ear.reconnect()
    assert ear.way == 0


def test_the_shortest_way_counts(ear: FarEar) -> None:
    for way in (0.2, 0.1, 0.3):
        ear.mark("probe", 1.0)
        ear.marked("probe", 1.0 + way)
    assert ear.way == pytest.approx(0.1)


def test_marks_that_a_clear_returns_prove_nothing(ear: FarEar) -> None:
    ear.play(sound(1.0), 1.0)
    ear.mark("one", 1.0)
    ear.clear(1.5)
    ear.marked("one", 1.6)
    ear.marked("never asked for", 1.6)
    assert heard(ear, 3.0) == [(1.0, 500, False)]


def test_a_mark_may_come_when_more_is_played(ear: FarEar) -> None:
    ear.play(sound(0.5), 1.0)
    ear.mark("one", 1.0)
    ear.play(sound(0.5), 1.6)  # into silence, as we know it
    ear.marked("one", 1.55)
    assert heard(ear, 9.0)[0] == (1.05, 500, False)


def test_sound_is_not_shown_when_it_is_logged() -> None:
    assert "mulaw" not in repr(Heard(0.0, b"secret", continues=False))
