"""How the agent's next words reach the caller: when their first byte is on the wire, and when it is heard."""

from collections import deque
from dataclasses import dataclass

from processors.frames import RATE


@dataclass(frozen=True, slots=True)
class Sent:
    """The first byte is on the wire. Seconds."""

    voiced_at: float
    """It came from the voice."""
    sent_at: float


@dataclass(frozen=True, slots=True)
class Played:
    """A mark proves that the first byte was played. Seconds."""

    at: float
    """The way of the mark to us is in it."""


@dataclass(slots=True)
class _Speech:
    start: int
    voiced_at: float
    sent_at: float | None = None


class Reach:
    """Follows the first byte of each speech. Pure: positions are the ledger's bytes, times are told."""

    def __init__(self) -> None:
        self._speeches: deque[_Speech] = deque()
        self._news: list[Sent | Played] = []

    def begin(self, position: int, now: float) -> None:
        """A speech begins: its first byte will have this position."""
        if self._speeches and self._speeches[-1].start == position:
            self._speeches.pop()  # it got no sound
        self._speeches.append(_Speech(position, now))

    def sent(self, position: int, now: float) -> None:
        """All up to a position is on the wire."""
        for speech in self._speeches:
            if speech.start < position and speech.sent_at is None:
                speech.sent_at = now
                self._news.append(Sent(speech.voiced_at, now))

    def proven(self, position: int, now: float) -> None:
        """A mark proves that all up to a position was played."""
        while self._speeches and self._speeches[0].start < position:
            speech = self._speeches.popleft()
            if speech.sent_at is not None:
                played = now - (position - speech.start) / RATE
                self._news.append(Played(max(played, speech.sent_at)))

    def cut(self) -> None:
        """What is not on the wire will not be; marks prove nothing of what is."""
        self._speeches.clear()

    def news(self) -> list[Sent | Played]:
        """Take what happened since the last time."""
        news, self._news = self._news, []
        return news
