"""What a client asks of ``/v1/listen``: the query, checked as Deepgram checks it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from multidict import MultiMapping

from trunkline.sandbox.deepgram_refusal import Refusal

MODELS = re.compile(
    r"(nova-3|nova-2|nova|enhanced|base|whisper)"
    r"(-(general|medical|phonecall|meeting|finance|conversationalai|voicemail|video|drivethru|automotive|atc"
    r"|tiny|small|medium|large))?"
)
ENCODINGS = (
    *("linear16", "linear32", "flac", "alaw", "mulaw", "amr-nb"),
    *("amr-wb", "opus", "ogg-opus", "speex", "g729"),
)
HEARD = {"mulaw", "linear16"}
"""Encodings that the sandbox's ears take."""

ENDPOINTING_MS = 10
"""Deepgram's default: silence, in milliseconds, after which speech is final."""

UTTERANCE_END_MS = range(1000, 5001)
"""What ``utterance_end_ms`` may be."""

SWITCHES = (
    *("interim_results", "vad_events", "smart_format", "punctuate", "numerals", "dictation"),
    *("diarize", "multichannel", "profanity_filter", "mip_opt_out", "detect_entities", "no_delay"),
)


@dataclass(frozen=True, slots=True)
class ListenQuery:
    """A valid query."""

    model: str
    encoding: str | None
    """``None``: audio in a container."""
    channels: int
    interim_results: bool
    vad_events: bool
    formatted: bool
    """Whether transcripts are written with capitals and punctuation."""
    endpointing_ms: int | None
    """``None``: no endpointing, ``speech_final`` is never true."""
    utterance_end_ms: int | None
    keyterms: tuple[str, ...]
    language: str = "en"

    @property
    def tells_languages(self) -> bool:
        """Whether results say what was spoken in which language."""
        return self.language == "multi"


def parse(query: MultiMapping[str]) -> ListenQuery:
    """The query of an upgrade.

    Raises:
        Refusal: Deepgram would not open the socket; the answer says why.
    """
    for name in SWITCHES:
        _switch(query, name)
    parsed = ListenQuery(
        model=_model(query),
        encoding=_encoding(query),
        channels=_number(query, "channels", lambda n: n >= 1) or 1,
        interim_results=_switch(query, "interim_results"),
        vad_events=_switch(query, "vad_events"),
        formatted=_switch(query, "smart_format") or _switch(query, "punctuate"),
        endpointing_ms=_endpointing(query),
        utterance_end_ms=_number(query, "utterance_end_ms", lambda n: n in UTTERANCE_END_MS),
        keyterms=tuple(query.getall("keyterm", [])),
        language=query.get("language", "en"),
    )
    _check_together(query, parsed)
    return parsed


def _check_together(query: MultiMapping[str], parsed: ListenQuery) -> None:
    if parsed.utterance_end_ms is not None and not parsed.interim_results:
        raise bad("utterance_end_ms requires interim_results=true")
    nova_3 = parsed.model.startswith("nova-3")
    if parsed.keyterms and not nova_3:
        raise bad("keyterm is supported by nova-3 models only")
    if "keywords" in query and nova_3:
        raise bad("keywords is not supported by nova-3 models; use keyterm")
    if query.get("diarize_model") == "v2":
        raise bad("diarize_model v2 is not supported on streaming")


def _model(query: MultiMapping[str]) -> str:
    model = query.get("model", "base")
    if not MODELS.fullmatch(model):
        raise bad(f"No such model/language/tier combination found: {model}")
    return model


def _encoding(query: MultiMapping[str]) -> str | None:
    encoding = query.get("encoding")
    rate = _number(query, "sample_rate", lambda n: n > 0)
    if encoding is None:
        if rate is not None:
            raise bad("sample_rate requires encoding")
        return None
    if encoding not in ENCODINGS:
        raise bad(f"Invalid encoding {encoding!r}")
    if rate is None:
        raise bad("encoding requires sample_rate")
    if encoding not in HEARD or rate != 8000:
        raise bad(f"the sandbox hears mulaw and linear16 at 8000 Hz, not {encoding} at {rate} Hz")
    return encoding


def _endpointing(query: MultiMapping[str]) -> int | None:
    given = query.get("endpointing")
    if given == "false":
        return None
    if given in (None, "true"):
        return ENDPOINTING_MS
    return _number(query, "endpointing", lambda n: n >= 0)


def _switch(query: MultiMapping[str], name: str) -> bool:
    given = query.get(name, "false").lower()
    if given not in ("true", "false"):
        raise bad(f"{name} must be true or false, found {given!r}")
    return given == "true"


def _number(query: Mapping[str, str], name: str, allowed: Callable[[int], bool]) -> int | None:
    given = query.get(name)
    if given is None:
        return None
    if not given.isdecimal() or not allowed(int(given)):
        raise bad(f"{name} is out of range: {given!r}")
    return int(given)


def bad(message: str) -> Refusal:
    """400, as Deepgram words it."""
    return Refusal(400, "Bad Request", f"Bad Request: {message}")
