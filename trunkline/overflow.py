"""When the lines are full: why, and what the caller hears then. Never a dead line."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from trunkline import e164

BUSY = "All our lines are busy right now. Please call again in a few minutes."
WAIT = "All our lines are busy right now. Please stay on the line, we will be with you shortly."


class Reason(StrEnum):
    """Why a call is not taken."""

    LIMIT = "limit"
    """As many calls as the process may take."""
    CPU = "cpu"
    """The process's core has no time left for another call."""
    LAG = "lag"
    """The event loop is late already."""
    STT = "stt-streams"
    """All of Deepgram's listening streams are in use."""
    TTS = "tts-streams"
    """All of Deepgram's speaking streams are in use."""
    LINE = "line-limit"
    """As many calls as the line may have."""
    LINE_STT = "line-stt-streams"
    LINE_TTS = "line-tts-streams"
    """All of the line's share of streams is in use."""
    CLOSING = "closing"
    """The server stops."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The busy signal. The call is not answered, so it costs nothing."""


@dataclass(frozen=True, slots=True)
class SayAndHangUp:
    """Some words in the carrier's own voice, and the call is over."""

    text: str = BUSY

    def __post_init__(self) -> None:
        _words("SayAndHangUp(text)", self.text)


@dataclass(frozen=True, slots=True)
class DialOverflow:
    """Another number is called for the caller: an answering service, a colleague's phone."""

    number: str
    """In E.164 (``+15550177``)."""
    text: str = ""
    """Said before it rings there."""
    unanswered: str = BUSY
    """Said when nobody answers there."""
    ring_seconds: int = 20
    """How long it rings there, in seconds."""

    def __post_init__(self) -> None:
        e164.check(self.number)
        _words("DialOverflow(unanswered)", self.unanswered)
        _at_least("DialOverflow(ring_seconds)", self.ring_seconds, 1)


@dataclass(frozen=True, slots=True)
class Queue:
    """The caller hears a message and waits for a place; who came first is put through first."""

    message: str = WAIT
    place: str = "You are number {place} in line."
    """Said after the message, and whenever it has changed; empty to say nothing."""
    music: str = ""
    """URL of a recording that is played meanwhile; without one it is silent between the messages."""
    music_seconds: int = 30
    """Length of that recording, in seconds: a caller is put through when it is over."""
    ask_seconds: int = 5
    """Seconds of silence after which the place is asked for again, when there is no music."""
    remind_seconds: float = 30.0
    """Seconds after which the message is said again."""
    longest_wait: float = 600.0
    """Seconds."""
    most: int = 20
    """Callers of the line who wait at once."""
    then: SayAndHangUp | DialOverflow = field(default_factory=SayAndHangUp)
    """For who has waited the longest, comes when most are waiting, or while the server stops."""

    def __post_init__(self) -> None:
        _words("Queue(message)", self.message)
        if not isinstance(self.then, SayAndHangUp | DialOverflow):
            raise ValueError(f"Queue(then={self.then!r}) is too late then; expected one of {LAST_NAMES}")
        if self.music and not self.music.startswith(("https://", "http://")):
            raise ValueError(f"Queue(music={self.music!r}) is no URL; expected https://…")
        _at_least("Queue(ask_seconds)", self.ask_seconds, 1)
        _at_least("Queue(music_seconds)", self.music_seconds, 1)
        _at_least("Queue(most)", self.most, 1)
        try:
            self.place.format(place=1)
        except (LookupError, ValueError):
            raise ValueError(
                f"Queue(place={self.place!r}) has an unknown field; expected {{place}}"
            ) from None

    @property
    def hold_seconds(self) -> int:
        """Seconds from one question for a place to the next, when nothing is said."""
        return self.music_seconds if self.music else self.ask_seconds


LastAnswer: TypeAlias = Busy | SayAndHangUp | DialOverflow
"""After which the caller is no longer with us."""

WhenFull: TypeAlias = LastAnswer | Queue

LAST_NAMES = "SayAndHangUp(text), DialOverflow(number)"
NAMES = f"Busy(), {LAST_NAMES}, Queue(message)"


def overflow_number(answer: WhenFull) -> DialOverflow | None:
    """The number that a line's callers are put through to, if there is one."""
    last = answer.then if isinstance(answer, Queue) else answer
    return last if isinstance(last, DialOverflow) else None


def _words(what: str, text: str) -> None:
    if not text.strip():
        raise ValueError(f"{what} is empty; expected words for the caller")


def _at_least(what: str, value: float, least: int) -> None:
    if value < least:
        raise ValueError(f"{what} is {value}; expected {least} or more")
