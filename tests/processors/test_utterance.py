"""What follows from each result, as a table."""

from processors.listen_events import NEVER, Results, UtteranceEnd, Word
from processors.utterance import Ask, Ended, Said, Saying, Utterance


def result(text: str, start: float = 0.0, end: float = 1.0, **flags: bool) -> Results:
    spoken = text.split()
    step = (end - start) / max(1, len(spoken))
    words = tuple(Word(w, start + i * step, start + (i + 1) * step) for i, w in enumerate(spoken))
    is_final, speech_final, from_finalize = (
        flags.get(flag, False) for flag in ("is_final", "speech_final", "from_finalize")
    )
    return Results(text, words, start, end, is_final, speech_final, from_finalize)


def final(text: str, start: float = 0.0, end: float = 1.0, **flags: bool) -> Results:
    return result(text, start, end, is_final=True, **flags)


def test_speech_final_ends_behind_its_words() -> None:
    utterance = Utterance()
    assert utterance.results(result("yes")) == [Saying("yes", None)]
    assert utterance.results(final("yes please", speech_final=True)) == [
        Said("yes please", None, True),
        Ended(),
    ]
    assert not utterance.unfinished


def test_an_empty_speech_final_ends_what_became_final_before() -> None:
    utterance = Utterance()
    assert utterance.results(final("yes please")) == [Said("yes please", None, False)]
    assert utterance.unfinished
    assert utterance.results(final("", 1, 2, speech_final=True)) == [Ended()]
    assert utterance.results(final("", 2, 3, speech_final=True)) == []


def test_the_end_of_an_utterance_counts_once_and_only_with_words() -> None:
    utterance = Utterance()
    assert utterance.utterance_end(UtteranceEnd(1.0)) == []
    utterance.results(final("yes"))
    assert utterance.utterance_end(UtteranceEnd(NEVER)) == []
    assert utterance.utterance_end(UtteranceEnd(1.0)) == [Ended()]
    assert utterance.utterance_end(UtteranceEnd(1.0)) == []


def test_an_end_that_is_announced_when_the_caller_has_gone_on_comes_too_late() -> None:
    utterance = Utterance()
    utterance.results(final("my name", 0, 1))
    utterance.results(result("is", 2, 3))
    assert utterance.utterance_end(UtteranceEnd(1.0)) == []
    assert utterance.utterance_end(UtteranceEnd(3.0)) == [Ask()]


def test_interim_words_are_asked_for_once_and_the_answer_ends_the_utterance() -> None:
    utterance = Utterance()
    utterance.results(result("yes"))
    assert utterance.utterance_end(UtteranceEnd(1.0)) == [Ask()]
    assert utterance.ask() == []
    assert utterance.results(final("yes", from_finalize=True)) == [Said("yes", None, True), Ended()]
    assert not utterance.asked


def test_an_answer_that_nobody_asked_for_is_just_words() -> None:
    utterance = Utterance()
    assert utterance.results(final("yes", from_finalize=True)) == [Said("yes", None, False)]


def test_an_answer_to_a_caller_who_speaks_again_is_just_words() -> None:
    utterance = Utterance()
    utterance.results(result("yes"))
    utterance.ask()
    utterance.resumed()
    assert utterance.results(final("yes", from_finalize=True)) == [Said("yes", None, False)]
    assert utterance.unfinished


def test_words_taken_as_they_are_do_not_come_again() -> None:
    utterance = Utterance()
    utterance.results(result("my name", 0, 1))
    utterance.ask()
    assert utterance.take() == [Said("my name", None, True), Ended()]
    assert utterance.taken_until == 1
    assert utterance.results(final("my name", 0, 1, from_finalize=True)) == []
    assert utterance.results(final("my name is Anna", 0, 2, speech_final=True)) == [
        Said("is Anna", None, True),
        Ended(),
    ]


def test_words_that_the_recogniser_takes_back_are_not_waited_for() -> None:
    for retraction in (result("", 0, 2), final("", 0, 2)):
        utterance = Utterance()
        utterance.results(result("yeah", 0, 1))
        assert utterance.results(retraction) == []
        assert not utterance.pending


def test_silence_behind_interim_words_does_not_take_them_back() -> None:
    utterance = Utterance()
    utterance.results(result("yeah", 0, 1))
    utterance.results(result("", 1, 2))
    assert utterance.pending


def test_a_lost_socket_forgets_what_will_be_heard_again_but_not_that_a_turn_is_open() -> None:
    utterance = Utterance()
    utterance.results(final("my name", 0, 1))
    utterance.results(result("is", 1, 2))
    utterance.lost()
    assert not utterance.pending
    assert utterance.end() == [Ended()]
