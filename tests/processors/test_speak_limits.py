"""Our account of Aura's limits is never more generous than Aura's."""

import pytest

from processors.speak_limits import LAST_CALL, RETIREMENT, SpeakLimits, pieces


def test_characters_come_back_after_a_minute() -> None:
    limits = SpeakLimits(0)
    limits.spoke(2000, 0)
    limits.spoke(300, 30)
    assert limits.characters_left(60) == 100
    assert limits.characters_left(61) == 2100
    assert limits.characters_left(92) == 2400


def test_flushes_come_back_after_a_minute() -> None:
    limits = SpeakLimits(0)
    for second in range(20):
        limits.flushed(second)
    assert limits.flushes_left(20) == 0
    assert limits.flushes_left(60) == 0
    assert limits.flushes_left(61.5) == 1


def test_there_is_room_as_long_as_none_of_the_limits_is_reached() -> None:
    limits = SpeakLimits(100)
    assert limits.have_room(2400, 20, 100)
    assert not limits.have_room(2401, 1, 100)
    assert not limits.have_room(1, 21, 100)
    assert not limits.have_room(1, 1, 100 + LAST_CALL)
    assert limits.retires_at == 100 + RETIREMENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("short", ["short"]),
        ("one two three four", ["one two ", "three four"]),
        ("one  two   three", ["one  two  ", " three"]),
        ("abcdefghijklmnopqrstuvwxyz", ["abcdefghij", "klmnopqrst", "uvwxyz"]),
        ("ten  chars and more", ["ten  ", "chars and ", "more"]),
    ],
)
def test_a_long_text_is_cut_between_words_and_nothing_is_lost(text: str, expected: list[str]) -> None:
    assert list(pieces(text, 10)) == expected
    assert "".join(pieces(text, 10)) == text
