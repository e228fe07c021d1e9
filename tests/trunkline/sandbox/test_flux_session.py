"""Turns by the clock of the audio, and the rules that Deepgram states of them."""

from typing import Any

from multidict import MultiDict

from trunkline.sandbox.ears import Speech, Word
from trunkline.sandbox.flux_query import parse
from trunkline.sandbox.flux_session import FluxSession

BLOCK = 0.02
"""Seconds."""

Message = dict[str, Any]


def session(final_ms: int | None = None, *, no_endpoint: bool = False, **options: str) -> FluxSession:
    raw = {"model": "flux-general-en", "encoding": "mulaw", "sample_rate": "8000"}
    return FluxSession(parse(MultiDict({**raw, **options})), final_ms, no_endpoint=no_endpoint)


def talk(at: FluxSession, *spoken: tuple[str, float, float], until: float) -> list[Message]:
    """Hear words (text, start, end), each known when it ends, then silence; all one stretch of speech."""
    messages, first, last = [], spoken[0][1] if spoken else 0.0, max((end for *_, end in spoken), default=0.0)
    while at.clock < until - BLOCK / 2:
        now = at.clock + BLOCK
        known = tuple(Word(text, start, end) for text, start, end in spoken if end <= now + BLOCK / 2)
        talking = spoken and first < now <= last + BLOCK / 2
        speech = Speech(first, min(now, last), known, now >= last - BLOCK / 2)
        messages += at.hear(BLOCK, [speech] if talking else [])
    return messages


def events(messages: list[Message]) -> list[tuple[str, str]]:
    return [(m["event"], m["transcript"]) for m in messages if m["event"] != "Update"]


def test_silence_is_told_of_every_quarter_of_a_second_of_audio() -> None:
    messages = talk(session(), until=1.05)
    assert [m["audio_window_end"] for m in messages] == [0.26, 0.52, 0.78, 1.04]
    assert {(m["event"], m["transcript"], m["turn_index"]) for m in messages} == {("Update", "", 0)}


def test_a_turn() -> None:
    at = session()
    messages = talk(at, ("Yes", 1.0, 1.3), ("please.", 1.3, 1.8), until=3)
    assert events(messages) == [("StartOfTurn", "Yes"), ("EndOfTurn", "Yes please.")]
    start, end = (m for m in messages if m["event"] != "Update")
    assert start["audio_window_end"] == 1.3
    assert end["audio_window_end"] == 2.08
    assert end["trigger"] == "model"
    assert "trigger" not in start
    assert end["end_of_turn_confidence"] >= 0.7
    assert end["words"][1] == {"word": "please.", "confidence": 0.99, "start": 1.3, "end": 1.8}
    assert {m["turn_index"] for m in messages[messages.index(end) + 1 :]} == {1}
    assert messages[-1]["audio_window_start"] == 2.08


def test_eager_is_withdrawn_by_another_word_and_repeated_before_the_end() -> None:
    at = session(eager_eot_threshold="0.5")
    messages = talk(at, ("I", 0.2, 0.4), until=0.4 + 0.62)
    messages += talk(at, ("am", 1.2, 1.5), ("Anna.", 1.5, 1.9), until=3)
    assert events(messages) == [
        ("StartOfTurn", "I"),
        ("EagerEndOfTurn", "I"),
        ("TurnResumed", "I"),
        ("EagerEndOfTurn", "I am Anna."),
        ("EndOfTurn", "I am Anna."),
    ]


def test_a_timeout_ends_what_confidence_does_not() -> None:
    at = session(eot_threshold="1.0", eot_timeout_ms="600")
    (end,) = [m for m in talk(at, ("Yes.", 0.2, 0.5), until=2) if m["event"] == "EndOfTurn"]
    assert (end["trigger"], end["audio_window_end"]) == ("timeout", 1.1)


def test_by_force_also_in_the_middle_of_a_word_which_begins_the_next_turn() -> None:
    at = session(eager_eot_threshold="0.5")
    assert at.force() == []
    words = ("I", 0.2, 0.4), ("am", 0.4, 0.8)
    talk(at, *words, until=0.6)
    (end,) = at.force()
    assert (end["event"], end["trigger"], end["transcript"]) == ("EndOfTurn", "manual", "I")
    assert at.force() == []
    later = events(talk(at, *words, until=0.9))
    assert later == [("StartOfTurn", "am")]


def test_ears_with_a_delay_of_their_own() -> None:
    at = session(final_ms=100, eager_eot_threshold="0.5")
    assert events(talk(at, ("Yes.", 0.2, 0.5), until=4)) == [("StartOfTurn", "Yes.")]
    assert at.settle(9.9, eager=False) == []
    assert events(at.settle(0.2, eager=True)) == [("EagerEndOfTurn", "Yes.")]
    assert events(at.settle(0.2, eager=True)) == []
    assert events(at.settle(0.2, eager=False)) == [("EndOfTurn", "Yes.")]
    assert at.settle(0.2, eager=False) == []


def test_who_wants_no_end_by_confidence_gets_none_from_ears_with_a_delay() -> None:
    at = session(final_ms=100, eot_threshold="1.0", eot_timeout_ms="1000")
    talk(at, ("Yes.", 0.2, 0.5), until=1.0)
    assert at.settle(0.2, eager=True) == at.settle(0.2, eager=False) == []
    assert events(talk(at, until=2)) == [("EndOfTurn", "Yes.")]


def test_without_an_endpoint_no_turn_ends() -> None:
    at = session(no_endpoint=True, eager_eot_threshold="0.5")
    assert events(talk(at, ("Yes.", 0.2, 0.5), until=9)) == [("StartOfTurn", "Yes.")]


def test_what_is_left_to_say() -> None:
    at = session()
    assert at.finish() == []
    talk(at, ("I", 0.2, 0.4), ("am", 0.4, 0.5), until=0.52)
    (last,) = at.finish()
    assert (last["event"], last["transcript"]) == ("Update", "I am")
