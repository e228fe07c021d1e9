"""Words of a turn: final ones in order, interim ones behind them."""

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame

from processors.turn_stop_words import TurnWords


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "caller", "2026-01-01T00:00:00Z")


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "caller", "2026-01-01T00:00:00Z")


def test_interim_words_stand_behind_final_ones_until_they_are_final() -> None:
    words = TurnWords()
    words.add(final(" I want "))
    words.add(interim("a"))
    words.add(interim("a check"))
    assert (words.text, words.text_so_far, words.are_pending) == ("I want", "I want a check", True)
    words.add(final("a check-up"))
    assert (words.text, words.text_so_far, words.are_pending) == ("I want a check-up",) * 2 + (False,)
    words.clear()
    assert words.text_so_far == ""


def test_words_that_come_again_take_the_place_they_come_in() -> None:
    words, first, second = TurnWords(), final("one"), final("two")
    for frame in (second, first, second):
        words.add(frame)
    assert words.text == "one two"
