"""The playback ledger counts what was heard: by marks, by the clock between them, by words."""

import pytest

from transports.playback import HeardText, Playback, first_words

SECOND = 8000


def spoken(*texts: str, seconds: float = 1.0, now: float = 0.0) -> Playback:
    """A ledger to which each text was sent as so many seconds of sound."""
    playback = Playback()
    for text in texts:
        playback.begin(text, append_to_context=True)
        playback.queue(int(seconds * SECOND))
        playback.send(int(seconds * SECOND), now)
    playback.finish()
    return playback


def texts(heard: list[HeardText]) -> list[str]:
    return [h.text for h in heard]


def test_the_clock_counts_what_is_played_between_marks() -> None:
    playback = spoken("one two", "three four")
    assert playback.played(0.0) == 0
    assert playback.played(1.5) == 1.5 * SECOND
    assert playback.played(9.0) == 2 * SECOND


def test_sound_that_arrives_after_a_pause_starts_when_it_arrives() -> None:
    playback = spoken("one")
    playback.queue(SECOND)
    playback.send(SECOND, now=5.0)
    assert playback.played(5.5) == 1.5 * SECOND


def test_a_mark_is_believed_over_the_clock() -> None:
    playback = spoken("one", "two")
    name = playback.mark()
    assert playback.marked(name, now=2.4)
    assert playback.proven == 2 * SECOND
    assert playback.silent()


def test_a_late_mark_holds_the_clock_back() -> None:
    playback = Playback()
    playback.begin("one", append_to_context=True)
    playback.queue(2 * SECOND)
    playback.send(SECOND, 0.0)
    name = playback.mark()
    playback.send(SECOND, 0.0)
    playback.marked(name, now=1.2)  # 200 ms on the way
    assert playback.played(1.7) == 1.5 * SECOND


def test_a_mark_echoed_after_clear_proves_nothing() -> None:
    playback = spoken("one two three")
    name = playback.mark()
    playback.cut(0.2)
    assert not playback.marked(name, 0.3)
    assert playback.proven == 0


def test_whole_texts_are_heard_when_their_sound_was_played() -> None:
    playback = spoken("one two", "three four")
    assert texts(playback.heard(SECOND - 1)) == []
    assert texts(playback.heard(SECOND)) == ["one two"]
    assert texts(playback.heard(2 * SECOND)) == ["three four"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0.0, []),
        (0.5, ["alpha beta"]),
        (1.0, ["alpha beta gamma delta"]),
        (1.55, ["alpha beta gamma delta", "one two"]),
        (9.0, ["alpha beta gamma delta", "one two three four"]),
    ],
)
def test_a_cut_keeps_the_words_that_were_heard(at: float, expected: list[str]) -> None:
    assert texts(spoken("alpha beta gamma delta", "one two three four").cut(at)) == expected


def test_a_cut_while_the_sound_still_comes_does_not_take_half_a_sentence_for_all() -> None:
    playback = Playback()
    text = "this sentence takes about four seconds to say so we are far from its end"
    playback.begin(text, append_to_context=True)
    playback.queue(SECOND)  # only the first second is here
    playback.send(SECOND, 0.0)
    (heard,) = playback.cut(1.0)
    assert text.startswith(heard.text)
    assert len(heard.text) < len(text) / 3


def test_a_text_without_sound_of_its_own_goes_with_the_one_before() -> None:
    playback = spoken("one")
    playback.begin("two", append_to_context=True)
    playback.finish()
    assert texts(playback.heard(SECOND)) == ["one two"]


def test_a_text_that_never_sounded_was_not_heard() -> None:
    playback = Playback()
    playback.begin("never said", append_to_context=True)
    playback.finish()
    assert playback.heard(10 * SECOND) == []


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, ""), (0.4, "one"), (0.5, "one"), (0.6, "one two"), (0.99, "one two"), (1.0, "one two three")],
)
def test_first_words_never_end_inside_a_word(share: float, expected: str) -> None:
    assert first_words("one two three", share) == expected


def test_a_mark_is_late_when_its_sound_was_played_long_ago() -> None:
    playback = spoken("one")
    assert playback.overdue(9.0) == 0
    name = playback.mark()
    assert playback.overdue(0.5) == 0
    assert playback.overdue(3.0) == 2.0
    playback.marked(name, 3.0)
    assert playback.overdue(9.0) == 0
