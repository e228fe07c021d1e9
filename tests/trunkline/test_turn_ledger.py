"""Stamps come from everywhere; the ledger finds those of one reply."""

from trunkline.turn_ledger import TurnLedger
from trunkline.waterfall import Round, Stamps


def ledger() -> TurnLedger:
    """A turn that is over at 10.4."""
    made = TurnLedger()
    made.caller_stopped(9.0, 9.01, 9.2)
    made.words(9.1)
    made.caller_stopped(10.0, 10.02, 10.2)
    made.words(10.3)
    made.decided(10.4)
    return made


def test_a_reply_has_the_stamps_of_its_turn() -> None:
    made = ledger()
    made.tool(10.5)
    made.model(10.4, 10.5)  # told after the tool that it called
    made.model(10.7, 10.8)
    made.voice(10.9)
    made.voice(11.5)  # of a later sentence: nobody waited for that one
    assert made.sent(11.0, 11.1) == Stamps(
        ended=10.0,
        arrived=10.02,
        vad=10.2,
        words=10.3,
        decided=10.4,
        rounds=(Round(10.4, 10.5), Round(10.7, 10.8, after_tool=True)),
        asked=10.9,
        voiced=11.0,
        sent=11.1,
    )


def test_a_reply_is_measured_once_and_heard_once() -> None:
    made = ledger()
    assert made.sent(11.0, 11.1) is not None
    assert made.sent(11.5, 11.6) is None
    heard = made.played(11.2)
    assert heard is not None
    assert round(heard, 3) == 0.1
    assert made.played(11.7) is None
    assert made.sent(20.0, 20.1) is None


def test_a_greeting_is_no_reply() -> None:
    made = TurnLedger()
    assert made.sent(1.0, 1.1) is None
    assert made.played(1.2) is None


def test_what_was_on_its_way_when_the_turn_ended_is_no_reply() -> None:
    assert ledger().sent(10.1, 10.3) is None


def test_a_caller_who_speaks_on_is_measured_from_the_pause_that_ended_the_turn() -> None:
    made = ledger()
    made.caller_stopped(10.6, 10.6, 10.8)
    stamps = made.sent(11.0, 11.1)
    assert stamps is not None
    assert stamps.ended == 10.0


def test_a_vad_that_is_slower_than_the_decision_still_tells_when_speech_ended() -> None:
    made = TurnLedger()
    made.words(10.2)
    made.decided(10.2)
    made.caller_stopped(10.0, 10.0, 10.25)
    stamps = made.sent(11.0, 11.1)
    assert stamps is not None
    assert (stamps.ended, stamps.words) == (10.0, 10.2)


def test_without_a_voice_there_is_no_end_of_speech() -> None:
    made = TurnLedger()
    made.decided(10.0)
    stamps = made.sent(10.5, 10.6)
    assert stamps is not None
    assert (stamps.ended, stamps.words) == (None, None)


def test_the_next_turn_forgets_a_reply_that_never_came() -> None:
    made = ledger()
    made.model(10.4, 10.5)
    made.voice(10.6)
    made.caller_stopped(12.0, 12.0, 12.2)
    made.words(12.3)
    made.decided(12.4)
    stamps = made.sent(13.0, 13.1)
    assert stamps == Stamps(
        ended=12.0, arrived=12.0, vad=12.2, words=12.3, decided=12.4, voiced=13.0, sent=13.1
    )


def test_a_reply_that_is_heard_after_the_next_turn_is_not_the_next_turn_s() -> None:
    made = ledger()
    made.sent(11.0, 11.1)
    made.decided(11.2)
    assert made.played(11.3) is None


def test_words_that_are_told_with_the_decision_count() -> None:
    made = TurnLedger()
    made.caller_stopped(10.0, 10.0, 10.2)
    made.decided(10.3)
    made.words(10.301)
    stamps = made.sent(11.0, 11.1)
    assert stamps is not None
    assert stamps.words == 10.301


def test_a_tool_of_an_earlier_turn_is_none_of_this_one_s() -> None:
    made = ledger()
    made.tool(10.6)
    made.decided(12.0)
    made.model(12.0, 12.1)
    stamps = made.sent(12.3, 12.3)
    assert stamps is not None
    assert stamps.rounds == (Round(12.0, 12.1),)


def test_a_tool_that_waited_for_the_end_of_the_turn_may_be_told_just_before_it() -> None:
    made = TurnLedger()
    made.model(9.8, 9.9)  # ahead of the decision
    made.tool(9.999)
    made.decided(10.0)
    made.model(10.4, 10.5)
    stamps = made.sent(10.7, 10.7)
    assert stamps is not None
    assert stamps.rounds == (Round(10.4, 10.5, after_tool=True),)
