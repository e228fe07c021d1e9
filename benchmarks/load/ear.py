"""A caller's ear: what it was sent is played in real time, marks are due when played. No I/O."""

from collections import deque
from collections.abc import Callable

BYTES_PER_SECOND = 8000
"""Of mu-law at 8 kHz."""


class Ear:
    """Plays what it is sent, one after the other. Times are seconds of any one clock.

    Args:
        gap: told of the seconds for which the ear had nothing to play inside a reply.
    """

    def __init__(self, gap: Callable[[float], None] = lambda _: None) -> None:
        self.end = 0.0
        """When all that was sent will have been played."""
        self.sent = 0
        """Bytes of this reply."""
        self._gap = gap
        self._marks: deque[tuple[float, str]] = deque()

    def play(self, now: float, size: int) -> None:
        """So many bytes came."""
        if self.end < now:
            if self.sent:
                self._gap(now - self.end)
            self.end = now
        self.end += size / BYTES_PER_SECOND
        self.sent += size

    def mark(self, now: float, name: str) -> None:
        """A name to give back when all before it has been played."""
        self._marks.append((max(now, self.end), name))

    def clear(self, now: float) -> None:
        """Drop what has not been played; its marks are due now, and what comes next is another reply."""
        self.end = min(now, self.end)
        self._marks = deque((min(now, at), name) for at, name in self._marks)
        self.sent = 0

    def next_reply(self) -> None:
        """What comes from now on is another reply: the silence before it is no gap."""
        self.sent = 0

    @property
    def next_mark(self) -> float | None:
        """When the next mark is due."""
        return self._marks[0][0] if self._marks else None

    def due(self, now: float) -> list[str]:
        """The marks that are due, in order; each is given once."""
        names = []
        while self._marks and self._marks[0][0] <= now:
            names.append(self._marks.popleft()[1])
        return names
