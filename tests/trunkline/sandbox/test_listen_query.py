"""The query is checked as strictly as Deepgram checks it."""

import pytest
from multidict import MultiDict

from trunkline.sandbox.deepgram_refusal import Refusal
from trunkline.sandbox.listen_query import parse

RAW = {"model": "nova-3", "encoding": "mulaw", "sample_rate": "8000"}


def test_what_a_phone_line_asks_for() -> None:
    more = {"interim_results": "true", "vad_events": "true", "endpointing": "300", "utterance_end_ms": "1000"}
    query = parse(MultiDict([*RAW.items(), *more.items(), ("keyterm", "a b"), ("keyterm", "c")]))
    assert query.encoding == "mulaw"
    assert query.endpointing_ms == 300
    assert query.utterance_end_ms == 1000
    assert query.interim_results
    assert query.vad_events
    assert query.keyterms == ("a b", "c")
    assert not query.formatted


def test_defaults() -> None:
    query = parse(MultiDict(RAW))
    assert query.endpointing_ms == 10
    assert query.utterance_end_ms is None
    assert not query.interim_results
    assert query.channels == 1
    assert parse(MultiDict({"model": "nova-2"})).encoding is None


@pytest.mark.parametrize("value", ["false", "FALSE"])
def test_endpointing_can_be_off(value: str) -> None:
    if value == "false":
        assert parse(MultiDict({**RAW, "endpointing": value})).endpointing_ms is None
    else:
        with pytest.raises(Refusal):
            parse(MultiDict({**RAW, "endpointing": value}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"model": "nova-9"}, "model"),
        ({"model": "aura-2-thalia-en"}, "model"),
        ({"encoding": "mp3"}, "encoding"),
        ({"encoding": None}, "sample_rate requires encoding"),
        ({"sample_rate": None}, "encoding requires sample_rate"),
        ({"sample_rate": "0"}, "sample_rate"),
        ({"sample_rate": "eight"}, "sample_rate"),
        ({"encoding": "linear16", "sample_rate": "16000"}, "8000 Hz"),
        ({"utterance_end_ms": "999", "interim_results": "true"}, "utterance_end_ms"),
        ({"utterance_end_ms": "5001", "interim_results": "true"}, "utterance_end_ms"),
        ({"utterance_end_ms": "1000"}, "interim_results"),
        ({"endpointing": "soon"}, "endpointing"),
        ({"vad_events": "yes"}, "vad_events"),
        ({"channels": "0"}, "channels"),
        ({"model": "nova-2", "keyterm": "x"}, "keyterm"),
        ({"keywords": "x"}, "keywords"),
        ({"diarize_model": "v2"}, "diarize_model"),
    ],
)
def test_what_is_refused(change: dict[str, str | None], why: str) -> None:
    query = {name: value for name, value in {**RAW, **change}.items() if value is not None}
    with pytest.raises(Refusal, match=why) as caught:
        parse(MultiDict(query))
    assert caught.value.status == 400
