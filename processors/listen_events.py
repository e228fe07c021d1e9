"""What Deepgram says on a listening socket: raw JSON in, frozen events out.

Parsed by hand: a model per message costs more than the rest of the stage, and the SDK's models turn unknown
messages into ``None`` and malformed ones into half-empty objects. What is missing is taken for empty; what
has the wrong type is an error.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from processors.errors import VendorProtocolError

NEVER = -1.0
"""``last_word_end`` of an ``UtteranceEnd`` that is to be ignored (Deepgram: utterance end)."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    """With capitals and punctuation where Deepgram was asked for them."""
    start: float
    """Seconds of audio sent on this socket."""
    end: float
    """Seconds of audio sent on this socket."""


@dataclass(frozen=True, slots=True)
class Results:
    """What is said in one stretch of audio, for the time being or for good."""

    transcript: str
    words: tuple[Word, ...]
    start: float
    """Seconds of audio sent on this socket."""
    end: float
    """Seconds of audio sent on this socket."""
    is_final: bool
    """Whether this stretch will not be spoken of again."""
    speech_final: bool
    """Whether the speaker has paused (endpointing)."""
    from_finalize: bool
    """Whether a ``Finalize`` caused it."""
    language: str | None = None
    """BCP 47, where the model tells languages apart."""

    def after(self, seconds: float) -> str:
        """The transcript without what was said before a moment on this socket's clock."""
        if not self.words:
            return self.transcript if (self.start + self.end) / 2 >= seconds else ""
        if self.words[0].start >= seconds:
            return self.transcript
        return " ".join(word.text for word in self.words if (word.start + word.end) / 2 >= seconds)


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    timestamp: float
    """Seconds of audio sent on this socket; need not be where a word starts."""


@dataclass(frozen=True, slots=True)
class UtteranceEnd:
    last_word_end: float
    """Seconds of audio sent on this socket, or :data:`NEVER`; infinity where it is not said."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that changes nothing: metadata, a warning, an error, one we do not know."""

    kind: str
    """Deepgram's ``type``."""
    code: str
    """What an error or a warning calls itself; never the text that was sent or understood."""


ListenEvent = Results | SpeechStarted | UtteranceEnd | Notice

Event = TypeVar("Event")


def parse(message: str | bytes) -> ListenEvent:
    """The event that a message is.

    Raises:
        VendorProtocolError: it is not JSON, or a part of it has the wrong type.
    """
    return read(message, _event)


def read(message: str | bytes, event: Callable[[dict[str, Any]], Event]) -> Event:
    """What ``event`` makes of a message.

    Raises:
        VendorProtocolError: it is not JSON, or a part of it has the wrong type.
    """
    try:
        return event(orjson.loads(message))
    except orjson.JSONDecodeError as error:
        raise _malformed("something that is not JSON") from error
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise _malformed("a message whose parts have the wrong types") from error


def _event(body: dict[str, Any]) -> ListenEvent:
    kind = body.get("type")
    if kind == "Results":
        return _results(body)
    if kind == "UtteranceEnd":
        return UtteranceEnd(float(body.get("last_word_end", math.inf)))
    if kind == "SpeechStarted":
        return SpeechStarted(float(body.get("timestamp") or 0.0))
    code = body.get("variant") or body.get("code") or body.get("warn_code") or ""
    return Notice(str(kind), str(code))


def _results(body: dict[str, Any]) -> Results:
    alternatives = (body.get("channel") or {}).get("alternatives") or [{}]
    best = alternatives[0]
    transcript = best.get("transcript") or ""
    if not isinstance(transcript, str):
        raise TypeError("transcript")
    start = float(body.get("start") or 0.0)
    words = best.get("words") or []
    spoken = Counter(word["language"] for word in words if word.get("language"))
    languages = [code for code, _ in spoken.most_common(1)] or best.get("languages") or [None]
    return Results(
        transcript=transcript.strip(),
        words=_words(words),
        start=start,
        end=start + float(body.get("duration") or 0.0),
        is_final=bool(body.get("is_final")),
        speech_final=bool(body.get("speech_final")),
        from_finalize=bool(body.get("from_finalize")),
        language=languages[0],
    )


def _words(words: list[dict[str, Any]]) -> tuple[Word, ...]:
    """The words; none of them, if it is not said when they were spoken."""
    if not all("start" in word and "end" in word for word in words):
        return ()
    return tuple(
        Word(str(word.get("punctuated_word") or word["word"]), float(word["start"]), float(word["end"]))
        for word in words
    )


def _malformed(what: str) -> VendorProtocolError:
    return VendorProtocolError("Deepgram", f"sent {what} on the listening socket")
