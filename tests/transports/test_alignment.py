"""Words are laid along the sound: pauses belong to punctuation, and the pace is what the sound shows."""

import pytest

from tests.transports.speech import noise, silence, spoken
from transports.alignment import align
from transports.sound_shape import sound_shape
from transports.spoken_units import spoken_units


def times(text: str, sound: bytes, pace: float | None = None) -> list[tuple[float, float]]:
    """Seconds."""
    return [(a / 8000, b / 8000) for a, b in align(spoken_units(text), sound_shape(sound), pace)]


def test_equal_words_share_the_sound_equally() -> None:
    starts = [start for start, _ in times("ten ten ten ten", spoken(2.0))]
    assert starts == pytest.approx([0.0, 0.5, 1.0, 1.5], abs=0.15)


def test_a_pause_is_where_the_comma_is() -> None:
    # By length alone the second word would be the one in front of it.
    before, after = times("ten ten ten, ten ten ten", spoken(1.5, 0.3, 0.8))[2:4]
    assert before[1] == pytest.approx(1.5, abs=0.02)
    assert after[0] == pytest.approx(1.8, abs=0.02)


def test_a_long_pause_without_punctuation_is_between_words_too() -> None:
    words = times("ten ten ten ten", spoken(1.0, 0.6, 1.0))
    assert words[1][1] == pytest.approx(1.0, abs=0.02)
    assert words[2][0] == pytest.approx(1.6, abs=0.02)


def test_a_comma_without_a_pause_is_read_over() -> None:
    words = times("ten, ten ten ten. Ten ten ten ten.", spoken(2.0, 0.4, 2.0))
    assert words[3][1] == pytest.approx(2.0, abs=0.02)


def test_silence_around_the_speech_is_nobodys() -> None:
    words = times("ten ten", silence(0.3) + spoken(1.0) + silence(0.6))
    assert words[0][0] == pytest.approx(0.3, abs=0.02)
    assert words[1][1] == pytest.approx(1.3, abs=0.02)


def test_what_is_not_here_yet_is_expected_at_the_usual_pace() -> None:
    text = "ten ten ten ten ten ten ten ten"
    words = times(text, spoken(0.6), 1.0)
    assert len(words) == 8
    assert words[-1][1] > 1.5
    assert words == sorted(words)
    slow = times(text, spoken(0.6), 1.4)
    assert slow[1][1] > words[1][1]


def test_a_comma_shows_the_pace_before_all_is_here() -> None:
    text = "ten ten ten ten ten, ten ten ten ten ten ten ten ten"
    fast = times(text, spoken(1.3, 0.3, 0.5), 1.0)
    assert fast[4][1] == pytest.approx(1.3, abs=0.05)


@pytest.mark.parametrize("sound", [b"\x20", silence(1.0), noise(0.01), spoken(0.1, 0.1, 0.1, 0.1, 0.1)])
@pytest.mark.parametrize("text", ["ten", "- -", "ten, ten. Ten ten ten ten ten ten ten ten ten ten"])
@pytest.mark.parametrize("pace", [None, 1.0])
def test_whatever_there_is_each_word_has_a_place_in_order(
    text: str, sound: bytes, pace: float | None
) -> None:
    words = times(text, sound, pace)
    assert len(words) == len(spoken_units(text))
    assert all(start <= end for start, end in words)
    assert words == sorted(words)
