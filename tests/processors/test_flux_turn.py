"""Turns as Flux tells them, also when it breaks off, or does not keep to its own rules."""

from collections.abc import Sequence

from processors.flux_events import EAGER, END, RESUMED, START, UPDATE, FluxWord, TurnInfo
from processors.flux_turn import Began, FluxOutcome, FluxTurn, Predicted, Withdrawn
from processors.utterance import Ended, Said, Saying


def info(event: str, transcript: str = "", turn: int | None = 0, language: str | None = None) -> TurnInfo:
    words = tuple(FluxWord(word, float(at), at + 0.5) for at, word in enumerate(transcript.split()))
    return TurnInfo(event, turn, transcript, words, 0.0, 9.0, 0.0, language)


def heard(turn: FluxTurn, *infos: TurnInfo) -> list[FluxOutcome]:
    return [outcome for one in infos for outcome in turn.heard(one)]


def saying(text: str) -> Saying:
    return Saying(text, None)


def final(text: str) -> Sequence[FluxOutcome]:
    return [Said(text, None, last=True), Ended()]


def test_a_turn_begins_grows_and_ends() -> None:
    turn = FluxTurn()
    assert heard(turn, info(UPDATE)) == []
    assert heard(turn, info(START, "Hi I")) == [Began(), saying("Hi I")]
    assert turn.is_open
    assert heard(turn, info(UPDATE, "Hi I"), info(UPDATE, "Hi I am")) == [saying("Hi I am")]
    assert heard(turn, info(END, "Hi I am Anna.")) == final("Hi I am Anna.")
    assert not turn.is_open
    assert heard(turn, info(UPDATE, turn=1), info(START, "Hi", turn=1)) == [Began(), saying("Hi")]


def test_predictions() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "Hi"))
    assert heard(turn, info(EAGER, "Hi Anna"), info(UPDATE, "Hi Anna")) == [
        saying("Hi Anna"),
        Predicted("Hi Anna", None),
    ]
    assert heard(turn, info(RESUMED, "Hi Anna and")) == [Withdrawn(), saying("Hi Anna and")]
    assert heard(turn, info(EAGER, "Hi Anna and")) == [Predicted("Hi Anna and", None)]
    assert heard(turn, info(END, "Hi Anna and")) == final("Hi Anna and")
    assert turn.lost(0) == []


def test_a_prediction_is_outstanding_once() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "Hi"), info(EAGER, "Hi"))
    assert heard(turn, info(EAGER, "Hi")) == []
    assert heard(turn, info(UPDATE, "Hi you")) == [Withdrawn(), saying("Hi you")]
    heard(turn, info(EAGER, "Hi you"))
    assert heard(turn, info(RESUMED)) == [Withdrawn()]


def test_a_server_that_leaves_the_start_out_is_understood() -> None:
    for first in (UPDATE, EAGER, END, "Tomorrow"):
        assert heard(FluxTurn(), info(first, "Hi"))[0] == Began()
    assert heard(FluxTurn(), info(END, "Hi")) == [Began(), *final("Hi")]
    assert heard(FluxTurn(), info(END)) == []


def test_what_is_still_said_of_a_turn_that_is_over_begins_no_other() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "Hi"), info(END, "Hi"))
    assert heard(turn, info(UPDATE, "Hi"), info(END, "Hi")) == []
    uncounted = FluxTurn()
    heard(uncounted, info(END, "Hi", turn=None))
    assert heard(uncounted, info(START, "Hi", turn=None)) == [Began(), saying("Hi")]


def test_a_turn_whose_words_were_a_mistake_ends_without_any() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "Uh"))
    assert heard(turn, info(END)) == [Ended()]


def test_the_next_socket_tells_the_same_turn() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "Hi", turn=4), info(EAGER, "Hi", turn=4))
    assert turn.lost(0) == [Withdrawn()]
    assert turn.is_untold
    assert heard(turn, info(UPDATE, turn=0)) == []
    assert turn.is_untold
    assert heard(turn, info(START, "Hi", turn=0)) == []
    assert not turn.is_untold
    assert heard(turn, info(UPDATE, "Hi Anna", turn=0)) == [saying("Hi Anna")]
    assert heard(turn, info(END, "Hi Anna", turn=0)) == final("Hi Anna")


def test_words_that_cannot_be_said_again_are_kept() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "one two three"))
    turn.lost(2)
    assert heard(turn, info(START, "three")) == []
    assert heard(turn, info(UPDATE, "three four")) == [saying("one two three four")]
    turn.lost(1)
    assert heard(turn, info(END, "four five")) == final("one two three four five")
    assert heard(turn, info(START, "six", turn=1)) == [Began(), saying("six")]


def test_a_turn_of_which_nothing_is_heard_again_ends_with_what_was() -> None:
    turn = FluxTurn()
    assert turn.take() == []
    heard(turn, info(START, "Hi", language="en"))
    turn.lost(0)
    assert turn.take() == [Said("Hi", "en", last=True), Ended()]
    assert not turn.is_open
    assert not turn.is_untold


def test_between_turns_nothing_is_lost() -> None:
    turn = FluxTurn()
    heard(turn, info(START, "Hi"), info(END, "Hi"))
    assert turn.lost(0) == []
    assert not turn.is_untold
    assert heard(turn, info(START, "Ho", turn=0)) == [Began(), saying("Ho")]
