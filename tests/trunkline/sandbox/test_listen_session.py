"""Results, endpoints and ends of utterances, by the clock of the audio."""

from itertools import pairwise
from typing import Any

from multidict import MultiDict

from trunkline.sandbox.ears import Speech, Word
from trunkline.sandbox.listen_query import parse
from trunkline.sandbox.listen_session import Session

BLOCK = 0.02
"""Seconds."""


def session(final_ms: int | None = None, *, no_endpoint: bool = False, **options: str) -> Session:
    raw = {"model": "nova-3", "encoding": "mulaw", "sample_rate": "8000", "interim_results": "true"}
    query = parse(MultiDict({**raw, "endpointing": "300", **options}))
    return Session(query, "id", final_ms, no_endpoint=no_endpoint)


def talk(at: Session, *spoken: tuple[str, float, float], until: float) -> list[dict[str, Any]]:
    """Hear words (text, start, end), each known when it ends, then silence; all one stretch of speech."""
    messages, first, last = [], spoken[0][1] if spoken else 0.0, max((end for *_, end in spoken), default=0.0)
    while at.clock < until - BLOCK / 2:
        now = at.clock + BLOCK
        known = tuple(Word(text, start, end) for text, start, end in spoken if end <= now + BLOCK / 2)
        talking = spoken and first < now <= last + BLOCK / 2
        over = now >= last - BLOCK / 2
        messages += at.hear(BLOCK, [Speech(first, now, known, over)] if talking else [])
    return messages


def finals(messages: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    results = [m for m in messages if m["type"] == "Results" and m["is_final"]]
    return [(m["channel"]["alternatives"][0]["transcript"], m["speech_final"]) for m in results]


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [m["type"] for m in messages]


def test_speech_is_final_after_the_silence_asked_for() -> None:
    at = session(smart_format="true")
    spoken = ("Yes", 1.0, 1.3), ("please.", 1.3, 1.8)
    assert finals(talk(at, *spoken, until=2.08)) == []
    (message,) = talk(at, until=2.1)
    assert finals([message]) == [("Yes please.", True)]
    assert (message["start"], message["duration"]) == (0.0, 2.1)
    words = message["channel"]["alternatives"][0]["words"]
    assert words[1] == {
        "word": "please",
        "start": 1.3,
        "end": 1.8,
        "confidence": 0.99,
        "punctuated_word": "please.",
    }
    assert message["metadata"]["request_id"] == "id"
    assert message["channel_index"] == [0, 1]


def test_without_formatting_words_are_plain() -> None:
    messages = talk(session(), ("Yes,", 0.0, 0.4), ("Anna.", 0.4, 0.8), until=1.2)
    assert finals(messages) == [("yes anna", True)]
    assert "punctuated_word" not in messages[-1]["channel"]["alternatives"][0]["words"][0]


def test_interim_results_grow_and_cover_all_audio_since_the_last_final() -> None:
    messages = talk(session(), ("one", 0.5, 1.0), ("two", 1.0, 1.5), until=1.7)
    interims = [m for m in messages if not m["is_final"]]
    assert [m["channel"]["alternatives"][0]["transcript"] for m in interims] == ["one", "one two"]
    assert all(m["start"] == 0.0 for m in interims)


def test_no_interim_results_unless_asked_for() -> None:
    at = session(interim_results="false")
    assert kinds(talk(at, ("one", 0.5, 1.0), until=1.2)) == []


def test_silence_is_reported_too() -> None:
    messages = talk(session(), until=7.0)
    assert finals(messages) == [("", False), ("", False)]
    assert len(messages) >= 6


def test_speech_started_and_utterance_end_only_when_asked_for() -> None:
    spoken = ("yes", 1.0, 1.5)
    assert set(kinds(talk(session(), spoken, until=3))) == {"Results"}
    messages = talk(session(vad_events="true", utterance_end_ms="1000"), spoken, until=3)
    assert [m for m in messages if m["type"] == "SpeechStarted"] == [
        {"type": "SpeechStarted", "channel": [0, 1], "timestamp": 1.0}
    ]
    assert [m for m in messages if m["type"] == "UtteranceEnd"] == [
        {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 1.5}
    ]
    assert kinds(messages).index("UtteranceEnd") > [m.get("speech_final") for m in messages].index(True)


def test_without_endpointing_nothing_is_speech_final() -> None:
    messages = talk(session(endpointing="false", utterance_end_ms="1000"), ("yes", 0.0, 0.5), until=3)
    assert finals(messages)[0] == ("yes", False)
    assert "UtteranceEnd" in kinds(messages)


def test_long_speech_becomes_final_in_parts() -> None:
    spoken = [(f"w{i}", i * 0.5, i * 0.5 + 0.5) for i in range(24)]
    messages = talk(session(), *spoken, until=13)
    parts = finals(messages)
    assert len(parts) >= 3
    assert [last for _, last in parts[:3]] == [False, False, True]
    assert " ".join(text for text, _ in parts).split() == [text for text, *_ in spoken]
    starts = [(m["start"], m["start"] + m["duration"]) for m in messages if m["is_final"]]
    assert all(abs(a[1] - b[0]) < 0.001 for a, b in pairwise(starts))


def test_an_exact_delay_waits_to_be_settled_and_is_settled_once() -> None:
    at = session(final_ms=100)
    assert finals(talk(at, ("yes", 0.0, 0.5), until=1.5)) == []
    assert finals(at.settle(0.0)) == [("yes", True)]
    assert at.settle(0.0) == []


def test_other_speech_settles_what_was_before() -> None:
    at = session(final_ms=100)
    talk(at, ("yes", 0.0, 0.5), until=0.6)
    messages = at.hear(BLOCK, [Speech(0.6, 0.62)])
    assert finals(messages) == [("yes", False)]
    assert at.settle(0.0) == []


def test_finalize_flushes_and_says_so_unless_there_is_nothing() -> None:
    at = session()
    assert at.finalize() == []
    talk(at, ("yes", 0.0, 0.5), until=0.6)
    (message,) = at.finalize()
    assert finals([message]) == [("yes", False)]
    assert message["from_finalize"]
    assert at.finalize() == []
    assert finals(talk(at, until=1.0)) == [("", True)]


def test_noise_leaves_words_interim_until_the_end_of_the_utterance_is_seen() -> None:
    at = session(no_endpoint=True, utterance_end_ms="1000")
    messages = talk(at, ("yes", 0.0, 0.5), until=2.5)
    assert finals(messages) == []
    assert "UtteranceEnd" in kinds(messages)
    assert finals(at.finalize()) == [("yes", False)]


def test_what_is_left_is_said_at_the_end() -> None:
    at = session()
    talk(at, ("yes", 0.0, 0.5), until=0.6)
    assert finals(at.finish()) == [("yes", False)]
    assert at.finish() == []


def test_a_socket_for_several_languages_says_which_was_spoken() -> None:
    words = tuple(Word(text, at, at + 0.2, language="es") for text, at in (("hola", 0.1), ("bien", 0.4)))
    spoken = Speech(0.1, 0.6, (Word("hi", 0.02, 0.1), *words), over=True)
    for language, told in (("multi", ["es", "en"]), ("en", None)):
        at = session(language=language)
        results = [m for m in at.hear(1.0, [spoken]) if m["type"] == "Results" and m["is_final"]]
        best = results[0]["channel"]["alternatives"][0]
        assert best.get("languages") == told
        each = ["en", "es", "es"] if told else [None, None, None]
        assert [word.get("language") for word in best["words"]] == each
