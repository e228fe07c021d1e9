"""Streams that a vendor allows at once, and those that calls take of them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Streams:
    """Connections to Deepgram for as long as a call lasts."""

    stt: int = 0
    """That listen."""
    tts: int = 0
    """That speak."""

    def __add__(self, other: "Streams") -> "Streams":
        return Streams(self.stt + other.stt, self.tts + other.tts)

    def __mul__(self, calls: int) -> "Streams":
        return Streams(self.stt * calls, self.tts * calls)


NO_STREAMS = Streams()


@dataclass(frozen=True, slots=True)
class Quota:
    """The most at once; None for no limit."""

    stt: int | None = None
    tts: int | None = None

    def lacks(self, used: Streams, more: Streams) -> Literal["stt", "tts"] | None:
        """What there is not enough of for ``more``; a call is not refused for what it does not need."""
        if self.stt is not None and more.stt and used.stt + more.stt > self.stt:
            return "stt"
        if self.tts is not None and more.tts and used.tts + more.tts > self.tts:
            return "tts"
        return None


UNLIMITED = Quota()
