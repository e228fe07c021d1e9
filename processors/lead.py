"""How far the agent's sound is ahead of the caller's ear, as far as a voice can tell: by the clock."""

from processors.g711 import BYTES_PER_MS

PACKET = 20 * BYTES_PER_MS
"""Bytes of the smallest audio that it is worth to gather."""

SHARE = 0.5
"""Part of the lead for which sound may be gathered: in time, if it comes half as fast as it is heard."""

MOMENT = 0.002
"""Seconds. A timer may fire this much early."""

LONGEST = 0.5
"""Seconds for which it is gathered at most."""


class Lead:
    """Counts what is handed on, and how long ago the first of it was.

    Aura sends sound in pieces of 20 to 200 ms, several times faster than it is heard. Each costs a frame, a
    message and a look at what was played, so while the caller still has enough to listen to, pieces are
    gathered: ten times less of all that in a long reply, and not a millisecond later to the ear.
    """

    def __init__(self) -> None:
        self._ends_at = 0.0
        self._waits_until: float | None = None

    def handed_on(self, size: int, now: float) -> None:
        """So many bytes will be heard after all that was handed on before."""
        self._ends_at = max(self._ends_at, now) + size / (1000 * BYTES_PER_MS)
        self._waits_until = None

    def cut(self) -> None:
        """Nothing of what was handed on is heard any more."""
        self._ends_at = 0.0
        self._waits_until = None

    def patience(self, now: float) -> float:
        """Seconds for which what comes next may wait for more."""
        return min(SHARE * max(0.0, self._ends_at - now), LONGEST)

    def gather(self, now: float) -> int:
        """Bytes that are worth waiting for; none, when it would be too few, or was waited long enough."""
        if self._waits_until is not None and now > self._waits_until - MOMENT:
            return 0
        size = int(self.patience(now) * 1000 * BYTES_PER_MS)
        return size if size >= PACKET else 0

    def wait(self, now: float) -> float | None:
        """There are fewer bytes: seconds to wait for more of them; None if that is told already."""
        if self._waits_until is not None:
            return None
        self._waits_until = now + self.patience(now)
        return self._waits_until - now
