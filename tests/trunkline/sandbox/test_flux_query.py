"""The query of Flux, and what may become of it: Nova's parameters are refused."""

from typing import Any

import pytest
from multidict import MultiDict

from trunkline.sandbox.deepgram_refusal import Refusal
from trunkline.sandbox.flux_query import FluxQuery, Unacceptable, changed, parse

RAW = {"model": "flux-general-en", "encoding": "mulaw", "sample_rate": "8000"}
MULTI = {**RAW, "model": "flux-general-multi"}


def test_what_a_phone_line_asks_for() -> None:
    more = {"eot_threshold": "0.8", "eager_eot_threshold": "0.5", "eot_timeout_ms": "6000", "tag": "x"}
    query = parse(MultiDict([*MULTI.items(), *more.items(), ("keyterm", "a b"), ("language_hint", "es")]))
    assert query == FluxQuery("flux-general-multi", "mulaw", 0.8, 0.5, 6000, ("a b",), ("es",))
    assert query.tells_languages
    assert query.channels == 1


def test_defaults() -> None:
    assert parse(MultiDict(RAW)) == FluxQuery("flux-general-en", "mulaw", 0.7, None, 5000)
    assert parse(MultiDict({"model": "flux-general-en"})).encoding is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"model": None}, "model"),
        ({"model": "nova-3"}, "model"),
        ({"encoding": "mp3"}, "encoding"),
        ({"encoding": None}, "required together"),
        ({"sample_rate": None}, "required together"),
        ({"sample_rate": "11025"}, "sample_rate"),
        ({"sample_rate": "16000"}, "8000 Hz"),
        ({"eot_threshold": "0.49"}, "eot_threshold"),
        ({"eot_threshold": "sure"}, "eot_threshold"),
        ({"eager_eot_threshold": "0.2"}, "eager_eot_threshold"),
        ({"eager_eot_threshold": "0.8"}, "less than or equal"),
        ({"eot_timeout_ms": "400"}, "eot_timeout_ms"),
        ({"eot_timeout_ms": "60001"}, "eot_timeout_ms"),
        ({"eot_timeout_ms": "5000.5"}, "eot_timeout_ms"),
        ({"language_hint": "es"}, "language hints"),
        *(({name: "1"}, name) for name in ("interim_results", "endpointing", "language", "channels")),
        *(({name: "true"}, name) for name in ("smart_format", "punctuate", "vad_events", "diarize")),
    ],
)
def test_what_is_refused(change: dict[str, str | None], why: str) -> None:
    given = {name: value for name, value in {**RAW, **change}.items() if value is not None}
    with pytest.raises(Refusal, match=why) as caught:
        parse(MultiDict(given))
    assert caught.value.status == 400


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(Refusal, match="language hints"):
        parse(MultiDict({**MULTI, "language_hint": "tlh"}))
    assert parse(MultiDict({**MULTI, "language_hint": "es-419"})).language_hints == ("es-419",)


def test_a_change_keeps_the_rest() -> None:
    query = parse(MultiDict({**MULTI, "keyterm": "a", "language_hint": "es", "eager_eot_threshold": "0.5"}))
    other = changed(query, {"eot_threshold": 0.9})
    assert (other.eot_threshold, other.eager_eot_threshold) == (0.9, 0.5)
    assert (other.keyterms, other.language_hints) == (("a",), ("es",))
    assert changed(query, {}, [], []).keyterms == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (({"eot_threshold": "0.8"},), "INVALID_THRESHOLD"),
        (({"eot_threshold": True},), "INVALID_THRESHOLD"),
        (({"confidence": 0.8},), "INVALID_THRESHOLD"),
        (({}, "word"), "INVALID_KEYTERMS"),
        (({}, ["x"] * 101), "TOO_MANY_KEYTERMS"),
        (({}, None, ["tlh"]), "INVALID_LANGUAGE_HINTS"),
        (({}, None, ["es"]), "LANGUAGE_HINTS_NOT_SUPPORTED"),
    ],
)
def test_what_configure_refuses(change: tuple[Any, ...], code: str) -> None:
    with pytest.raises(Unacceptable) as caught:
        changed(parse(MultiDict(RAW)), *change)
    assert caught.value.code == code
