"""What Deepgram says on a Flux socket: raw JSON in, frozen events out.

Parsed by hand, as :mod:`processors.listen_events` is. Numbers may come as strings: Deepgram has published
schemas with both.
"""

from dataclasses import dataclass
from typing import Any

from processors.listen_events import Notice, read

UPDATE = "Update"
START = "StartOfTurn"
EAGER = "EagerEndOfTurn"
RESUMED = "TurnResumed"
END = "EndOfTurn"


@dataclass(frozen=True, slots=True)
class FluxWord:
    text: str
    """With capitals and punctuation."""
    start: float | None
    """Seconds of audio sent on this socket; None where the server does not say."""
    end: float | None
    """Seconds of audio sent on this socket; None where the server does not say."""


@dataclass(frozen=True, slots=True)
class TurnInfo:
    """How a turn stands."""

    event: str
    """One of the five names above; another one is to be taken for an update."""
    turn: int | None
    """Counts turns on this socket, from 0; None where the server does not."""
    transcript: str
    """All that was said in the turn so far: it replaces what was said of it before."""
    words: tuple[FluxWord, ...]
    start: float
    """Seconds of audio sent on this socket."""
    end: float
    """Seconds of audio sent on this socket up to which it was transcribed."""
    confidence: float = 0.0
    """That the turn is over, 0 to 1."""
    language: str | None = None
    """BCP 47, the one most spoken in the turn, where the model tells languages apart."""


@dataclass(frozen=True, slots=True)
class Configured:
    """The answer to a ``Configure``."""

    accepted: bool
    code: str = ""
    """Why not, in Deepgram's words for machines."""


FluxEvent = TurnInfo | Configured | Notice


def parse(message: str | bytes) -> FluxEvent:
    """The event that a message is.

    Raises:
        VendorProtocolError: it is not JSON, or a part of it has the wrong type.
    """
    return read(message, _event)


def _event(body: dict[str, Any]) -> FluxEvent:
    kind = body.get("type")
    if kind == "TurnInfo":
        return _turn_info(body)
    if kind in ("ConfigureSuccess", "ConfigureFailure"):
        code = body.get("code") or body.get("error_code") or ""
        return Configured(kind == "ConfigureSuccess", str(code))
    return Notice(str(kind), str(body.get("code") or ""))


def _turn_info(body: dict[str, Any]) -> TurnInfo:
    transcript = body.get("transcript") or ""
    if not isinstance(transcript, str):
        raise TypeError("transcript")
    languages = body.get("languages") or [None]
    return TurnInfo(
        event=str(body.get("event")),
        turn=None if (turn := body.get("turn_index")) is None else int(turn),
        transcript=transcript.strip(),
        words=tuple(_word(word) for word in body.get("words") or ()),
        start=float(body.get("audio_window_start") or 0.0),
        end=float(body.get("audio_window_end") or 0.0),
        confidence=float(body.get("end_of_turn_confidence") or 0.0),
        language=languages[0],
    )


def _word(word: dict[str, Any]) -> FluxWord:
    return FluxWord(str(word["word"]), _seconds(word.get("start")), _seconds(word.get("end")))


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
