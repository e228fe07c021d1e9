"""The playback ledger counts what was heard: by marks, by the clock between them, by words."""

import pytest

from transports.playback import HeardText, Playback

SECOND = 8000
TONE = b"\x20"


def spoken(*texts: str, seconds: float = 1.0, now: float = 0.0) -> Playback:
    """A ledger to which each text was sent as so many seconds of sound."""
    playback = Playback()
    for text in texts:
        playback.begin(text, append_to_context=True)
        playback.queue(TONE * int(seconds * SECOND))
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
    playback.queue(TONE * SECOND)
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
    playback.queue(TONE * 2 * SECOND)
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
    playback.begin("four", append_to_context=True)
    playback.queue(TONE * SECOND)
    assert not playback.marked(name, 0.4)
    assert texts(playback.heard(playback.proven)) == []


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
    playback.queue(TONE * SECOND)  # only the first second is here
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


def test_a_mark_is_late_when_its_sound_was_played_long_ago() -> None:
    playback = spoken("one")
    assert playback.overdue(9.0) == 0
    name = playback.mark()
    assert playback.overdue(0.5) == 0
    assert playback.overdue(3.0) == 2.0
    playback.marked(name, 3.0)
    assert playback.overdue(9.0) == 0


# The carrier drops what it holds, and gets it again.


def numbered(seconds: float) -> Playback:
    """A ledger with one sentence of which each 100 ms is another sound."""
    playback = Playback()
    playback.begin("one two three four five six", append_to_context=True)
    for tenth in range(int(10 * seconds)):
        playback.queue(bytes([tenth]) * 800)
        if tenth % 10 == 9:
            playback.plan_mark()
    playback.finish()
    return playback


def send_all(playback: Playback, now: float) -> list[str]:
    """Send what there is; returns the marks."""
    marks = []
    while True:
        if playback.mark_is_due:
            marks.append(playback.mark())
        elif piece := playback.next():
            playback.send(len(piece), now)
        else:
            return marks


def test_what_was_not_heard_is_sent_again_from_the_very_byte() -> None:
    playback = numbered(3)
    send_all(playback, 0.0)
    playback.rewind(1.25)
    assert (playback.sent, playback.played(9.0)) == (10_000, 10_000)
    assert playback.next() == bytes([12]) * 400


def test_the_clock_stands_while_nothing_is_sent_and_goes_on_with_what_is() -> None:
    playback = numbered(3)
    send_all(playback, 0.0)
    playback.rewind(1.25)
    assert playback.left(60.0) == 1.75
    send_all(playback, 60.0)
    assert playback.played(60.5) == 14_000


def test_marks_go_out_again_under_other_names_and_the_old_ones_prove_nothing() -> None:
    playback = numbered(3)
    first = send_all(playback, 0.0)
    playback.marked(first[0], 1.0)
    playback.rewind(1.25)
    assert not any(playback.marked(name, 1.3) for name in first)
    again = send_all(playback, 1.3)
    assert len(again) == 2
    assert not set(first) & set(again)
    assert playback.marked(again[0], 2.05)
    assert playback.proven == 16_000


def test_a_mark_that_was_on_its_way_back_counts_by_the_clock() -> None:
    playback = numbered(2)
    playback.begin("seven", append_to_context=True)
    playback.queue(TONE * SECOND)
    send_all(playback, 0.0)
    playback.rewind(2.02)
    assert texts(playback.heard(playback.proven)) == ["one two three four five six"]


def test_a_word_that_was_broken_off_is_played_again_and_no_other() -> None:
    playback = numbered(6)
    send_all(playback, 0.0)
    playback.rewind(2.5)
    playback.rewind_to_word(2.9)
    word = playback.sent
    assert 1.6 * SECOND < word <= 2.5 * SECOND
    send_all(playback, 3.0)
    playback.rewind(3.1)  # at once again
    playback.rewind_to_word(3.2)
    assert playback.sent == word


def test_going_on_never_reaches_back_into_a_sentence_that_was_heard() -> None:
    playback = spoken("one two", "three four")
    playback.rewind(1.01)
    playback.rewind_to_word(1.5)
    assert playback.sent >= SECOND


def test_what_is_queued_meanwhile_is_played_behind_it() -> None:
    playback = numbered(2)
    send_all(playback, 0.0)
    playback.rewind(1.0)
    playback.queue(b"\x63" * 800)
    playback.rewind_to_word(2.0)
    send_all(playback, 2.0)
    assert playback.queued == playback.sent == 16_800
    assert playback.played(2.0 + 3) == 16_800


def test_a_cut_while_held_back_keeps_what_was_heard_before() -> None:
    playback = numbered(6)
    send_all(playback, 0.0)
    playback.rewind(3.0)
    assert texts(playback.cut(30.0)) == ["one two three"]


def test_positions_never_go_back_over_a_cut() -> None:
    playback = numbered(3)
    send_all(playback, 0.0)
    playback.cut(1.0)
    at = playback.queued
    assert (playback.sent, playback.proven, playback.played(5.0), at) == (24_000, 24_000, 24_000, 24_000)
    playback.begin("next", append_to_context=True)
    playback.queue(TONE * SECOND)
    playback.finish()
    send_all(playback, 10.0)
    assert playback.played(10.5) == at + 4000
    assert texts(playback.heard(at + SECOND)) == ["next"]


def test_it_keeps_the_sentence_that_is_heard_and_no_more() -> None:
    playback = Playback()
    for number in range(50):
        playback.begin(f"sentence {number}", append_to_context=True)
        playback.queue(TONE * SECOND)
        playback.plan_mark()
        playback.finish()
        for name in send_all(playback, float(number)):
            playback.marked(name, number + 1.0)
        playback.heard(playback.proven)
        assert playback.queued - playback.tape.start <= SECOND


def test_sound_without_a_text_is_forgotten_when_it_was_heard() -> None:
    playback = Playback()
    playback.queue(TONE * SECOND)
    playback.queue(TONE * SECOND)
    send_all(playback, 0.0)
    playback.heard(SECOND)
    assert playback.tape.start == SECOND
    playback.rewind(1.5)
    playback.rewind_to_word(1.5)
    assert playback.sent == 1.5 * SECOND


def test_a_mark_into_silence_measures_the_way_and_proves_nothing() -> None:
    playback = Playback()
    probe = playback.probe(0.0)
    assert not playback.marked(probe, 0.2)
    playback.begin("one", append_to_context=True)
    playback.queue(TONE * SECOND)
    playback.plan_mark()
    playback.queue(TONE * SECOND)
    (name,) = send_all(playback, 10.0)
    assert playback.marked(name, 11.2)
    assert abs(playback.played(11.5) - 1.5 * SECOND) <= 1


def test_the_pace_of_a_voice_tells_what_was_heard_of_a_sentence_that_still_comes() -> None:
    text = "this sentence takes some time to say so that we are far from its end by then"

    def heard_after_two_seconds(pace: float) -> int:
        playback = Playback()
        for _ in range(10):
            playback.begin(text, append_to_context=True)
            playback.queue(TONE * int(pace * 5 * SECOND))
            playback.finish()
        send_all(playback, 0.0)
        playback.heard(playback.queued)
        playback.proven = playback.sent
        playback.begin(text, append_to_context=True)
        playback.queue(TONE * 3 * SECOND)
        send_all(playback, 1000.0)
        return len(playback.cut(1002.0)[0].text.split())

    assert heard_after_two_seconds(1.5) < heard_after_two_seconds(0.75)


def test_what_was_not_heard_is_told_from_the_clause_or_as_a_whole() -> None:
    playback = Playback()
    for text, kept in (("One, two three.", True), ("Aside.", False), ("Four.", True)):
        playback.begin(text, append_to_context=kept)
        playback.queue(bytes(8000))
    playback.finish()
    assert playback.unheard(0.0) == playback.unheard() == ["One, two three.", "Four."]
    playback.send(8000, 0.0)
    assert playback.unheard() == ["One, two three.", "Four."]
    assert playback.unheard(10.0) == ["Four."]
