"""Callers who wait for a place, in the order in which they came.

Nobody holds them for us: the carrier says a message, waits, and asks again for each of them. Who does not ask
again in time has hung up.
"""

from dataclasses import dataclass
from math import inf

from trunkline.line import Line
from trunkline.overflow import Queue

CHARACTERS_A_SECOND = 8
"""That the slowest voice of a carrier says."""

GRACE = 15.0
"""Seconds by which a question may be late; as long as Twilio waits for an answer."""


@dataclass(slots=True)
class Waiter:
    """Somebody who waits. Times are the event loop's, in seconds."""

    sid: str
    line: Line
    since: float
    lost_at: float = inf
    """When they have hung up, unless they ask again."""
    told_at: float = -inf
    """When they last heard the message."""
    told_place: int = 0


class WaitingRoom:
    """First come, first served."""

    def __init__(self) -> None:
        self._waiters: dict[str, Waiter] = {}

    def __len__(self) -> int:
        return len(self._waiters)

    def find(self, sid: str) -> Waiter | None:
        return self._waiters.get(sid)

    def ahead(self, sid: str) -> list[Line]:
        """The lines of those who come before a caller: all of them, if the caller does not wait yet."""
        lines = []
        for waiter in self._waiters.values():
            if waiter.sid == sid:
                break
            lines.append(waiter.line)
        return lines

    def place(self, sid: str, line: Line) -> int:
        """Counted from 1, among those who wait for a line."""
        return 1 + sum(other.number == line.number for other in self.ahead(sid))

    def join(self, sid: str, line: Line, now: float) -> Waiter:
        return self._waiters.setdefault(sid, Waiter(sid, line, now))

    def leave(self, sid: str) -> None:
        self._waiters.pop(sid, None)

    def sweep(self, now: float) -> None:
        """Let go of those who have not asked again."""
        for sid in [waiter.sid for waiter in self._waiters.values() if now > waiter.lost_at]:
            self.leave(sid)

    def tell(self, waiter: Waiter, queue: Queue, now: float) -> str:
        """What a waiter hears next, before it is asked for again; empty for nothing."""
        words, place = [], self.place(waiter.sid, waiter.line)
        remind = now - waiter.told_at >= queue.remind_seconds
        if remind:
            words.append(queue.message)
            waiter.told_at = now
        if queue.place and (remind or place != waiter.told_place):
            words.append(queue.place.format(place=place))
        waiter.told_place = place
        text = " ".join(words)
        waiter.lost_at = now + len(text) / CHARACTERS_A_SECOND + queue.hold_seconds + GRACE
        return text
