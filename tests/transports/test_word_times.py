"""Which words were heard of a sentence that was cut, and where it goes on."""

import time
from itertools import pairwise

import pytest

from processors.g711 import SILENCE
from tests.transports.speech import noise, silence, spoken
from transports.word_times import WordTime, from_clause, heard_words, word_start, word_times
from trunkline.sandbox.phrases import load

TEXT = "One two, three."
WORDS = [WordTime(3, 800, 2800), WordTime(8, 2800, 4800), WordTime(15, 6400, 9600)]


@pytest.mark.parametrize(
    ("at", "heard"),
    [
        (0, ""),
        (1800, ""),
        (1801, "One"),
        (3800, "One"),
        (3801, "One two,"),
        (6400, "One two,"),
        (8100, "One two, three."),
        (99999, "One two, three."),
    ],
)
def test_a_word_counts_when_most_of_it_was_heard(at: int, heard: str) -> None:
    assert heard_words(TEXT, WORDS, at) == heard


@pytest.mark.parametrize(
    ("at", "start"), [(0, 0), (800, 800), (2799, 800), (2800, 2800), (5000, 5000), (6400, 6400), (9599, 6400)]
)
def test_it_goes_on_with_the_word_that_was_broken_off_or_in_the_pause(at: int, start: int) -> None:
    assert word_start(WORDS, at) == start


def test_no_sound_no_words() -> None:
    assert word_times("One", b"") == word_times("", noise(1.0)) == []


def test_a_number_is_one_word_however_many_groups_it_has() -> None:
    words = word_times("Call 555-0149, please.", spoken(0.4, 0.1, 0.7, 0.2, 1.4, 0.3, 0.4))
    assert [word.text_end for word in words] == [4, 14, 22]
    assert words[1].start < 1.2 * 8000 < words[1].end
    assert words[2].start == pytest.approx(3.1 * 8000, abs=200)


def test_pauses_tell_more_than_characters() -> None:
    # Half of the characters are over after the comma, half of the sound in the middle of the pause.
    text = "Incomprehensibilities, we do go on and on and on."
    words = word_times(text, spoken(1.2, 1.0, 2.0) + silence(0.5))
    assert heard_words(text, words, int(2.1 * 8000)) == "Incomprehensibilities,"


def test_each_word_of_a_recorded_sentence_comes_in_order_and_within_the_speech() -> None:
    for text, sound in load().items():
        words = word_times(text, sound)
        assert len(words) == len(text.split())
        assert 0 <= words[0].start < words[-1].end <= len(sound.rstrip(SILENCE)) + 160
        assert all(a.end <= b.start for a, b in pairwise(words))


def test_ten_seconds_take_a_few_milliseconds() -> None:
    text = "We are open from Monday to Thursday, and on Friday too, but not on any of the weekends. " * 2
    sound = b"".join(noise(0.5) + silence(0.12) for _ in range(16))
    took = []
    for _ in range(5):
        began = time.process_time()
        word_times(text, sound, pace=1.0)
        took.append(time.process_time() - began)
    assert min(took) < 0.020  # 5 ms on an idle core


@pytest.mark.parametrize(
    ("heard", "rest"),
    [
        ("", "We close at six, but on Friday at two. Come early."),
        ("We close", "We close at six, but on Friday at two. Come early."),
        ("We close at six, but on", "but on Friday at two. Come early."),
        ("We close at six, but on Friday at two.", "but on Friday at two. Come early."),
        ("We close at six, but on Friday at two. Come", "Come early."),
        ("We close at six, but on Friday at two. Come early.", ""),
    ],
)
def test_after_a_break_the_clause_is_said_again(heard: str, rest: str) -> None:
    assert from_clause("We close at six, but on Friday at two. Come early.", heard) == rest
