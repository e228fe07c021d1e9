"""What a client asks of ``/v2/listen``: the query, checked as Deepgram checks it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from multidict import MultiMapping

from trunkline.sandbox.listen_query import HEARD, bad

MODELS = ("flux-general-en", "flux-general-multi")
MULTILINGUAL = "flux-general-multi"
ENCODINGS = ("linear16", "linear32", "mulaw", "alaw", "opus", "ogg-opus")
RATES = (8000, 16000, 24000, 44100, 48000)

KNOWN = frozenset(
    {
        *("model", "encoding", "sample_rate", "eot_threshold", "eager_eot_threshold", "eot_timeout_ms"),
        *("keyterm", "language_hint", "profanity_filter", "numerals", "redact", "mip_opt_out", "tag"),
    }
)
"""Parameters there are; those of ``/v1/listen`` are refused."""

LIMITS = {"eot_threshold": (0.5, 1.0), "eager_eot_threshold": (0.3, 0.9), "eot_timeout_ms": (500.0, 60_000.0)}
"""Least and most (Flux: end-of-turn configuration)."""

LANGUAGES = ("en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl")
"""Of the multilingual model (Flux: language prompting)."""

KEYTERMS = 100
"""Keyterms at most (Flux: configure)."""


@dataclass(frozen=True, slots=True)
class FluxQuery:
    """A valid query."""

    model: str
    encoding: str | None
    """``None``: audio in a container."""
    eot_threshold: float = 0.7
    eager_eot_threshold: float | None = None
    eot_timeout_ms: int = 5000
    keyterms: tuple[str, ...] = ()
    language_hints: tuple[str, ...] = ()
    channels: int = 1
    """Flux hears one."""

    @property
    def tells_languages(self) -> bool:
        return self.model == MULTILINGUAL


class Unacceptable(Exception):
    """Some settings that Flux does not take.

    Args:
        code: what a ``ConfigureFailure`` calls it.
        description: the same for people.
    """

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description


def parse(query: MultiMapping[str]) -> FluxQuery:
    """The query of an upgrade.

    Raises:
        Refusal: Deepgram would not open the socket; the answer says why.
    """
    if unknown := sorted(set(query) - KNOWN):
        raise bad(f"unknown query parameters for Flux: {', '.join(unknown)}")
    model = query.get("model")
    if model not in MODELS:
        raise bad(f"No such model/language/tier combination found: {model}")
    try:
        return changed(
            FluxQuery(model, _encoding(query)),
            {name: _number(name, query[name]) for name in LIMITS if name in query},
            query.getall("keyterm", []),
            query.getall("language_hint", []),
        )
    except Unacceptable as problem:
        raise bad(problem.description) from problem


def changed(
    query: FluxQuery, thresholds: Mapping[str, Any], keyterms: Any = None, language_hints: Any = None
) -> FluxQuery:
    """The same with other settings; what is None stays.

    Raises:
        Unacceptable: Flux would not take them.
    """
    for name, value in thresholds.items():
        _check_threshold(name, value)
    other = replace(query, **thresholds)
    if other.eager_eot_threshold is not None and other.eager_eot_threshold > other.eot_threshold:
        raise Unacceptable(
            "INVALID_THRESHOLD", "eager_eot_threshold must be less than or equal to eot_threshold"
        )
    if keyterms is not None:
        other = replace(other, keyterms=_keyterms(keyterms))
    if language_hints is not None:
        other = replace(other, language_hints=_hints(other, language_hints))
    return other


def _check_threshold(name: str, value: Any) -> None:
    least, most = LIMITS.get(name, (1.0, 0.0))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise Unacceptable("INVALID_THRESHOLD", f"{name} must be between {least:g} and {most:g}")


def _keyterms(terms: Any) -> tuple[str, ...]:
    if not _are_texts(terms):
        raise Unacceptable("INVALID_KEYTERMS", "keyterms must be a list of strings")
    if len(terms) > KEYTERMS:
        raise Unacceptable("TOO_MANY_KEYTERMS", f"keyterms must contain at most {KEYTERMS} terms")
    return tuple(terms)


def _hints(query: FluxQuery, hints: Any) -> tuple[str, ...]:
    if not _are_texts(hints) or not {hint.partition("-")[0] for hint in hints} <= set(LANGUAGES):
        raise Unacceptable("INVALID_LANGUAGE_HINTS", f"language hints must be of {', '.join(LANGUAGES)}")
    if hints and not query.tells_languages:
        raise Unacceptable("LANGUAGE_HINTS_NOT_SUPPORTED", f"language hints need the model {MULTILINGUAL}")
    return tuple(hints)


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _encoding(query: MultiMapping[str]) -> str | None:
    encoding, rate = query.get("encoding"), query.get("sample_rate")
    if encoding is None and rate is None:
        return None
    if encoding is None or rate is None:
        raise bad("encoding and sample_rate are required together, for raw audio")
    if encoding not in ENCODINGS:
        raise bad(f"Invalid encoding {encoding!r}")
    if not rate.isdecimal() or int(rate) not in RATES:
        raise bad(f"Invalid sample_rate {rate!r}")
    if encoding not in HEARD or rate != "8000":
        raise bad(f"the sandbox hears mulaw and linear16 at 8000 Hz, not {encoding} at {rate} Hz")
    return encoding


def _number(name: str, value: str) -> float:
    try:
        return int(value) if name == "eot_timeout_ms" else float(value)
    except ValueError:
        raise Unacceptable("INVALID_THRESHOLD", f"{name} must be a number, found {value!r}") from None
