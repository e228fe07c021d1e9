"""When to try again, and when to stop trying."""

import random

PATIENCE = 8.0
"""Seconds from the first attempt that failed to the last."""

SHORTEST = 0.25
"""Seconds before the second retry; the first is made at once."""

LONGEST = 1.5
"""Seconds, but for the jitter: a caller waits, and patience is to be used to its end."""

MOST = 8
"""Failures in a row, of connections that came about and were of no use."""

JITTER = 0.25
"""Part by which a delay may be longer, so that the calls of a process do not retry in step."""


class Backoff:
    """Retries of one connection: at once, then after delays that double, until patience ends."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.failures = 0
        """In a row."""
        self._patience = patience
        self._since: float | None = None

    def attempt(self, now: float) -> float:
        """An attempt begins (loop time, in seconds); returns when it has to have succeeded."""
        if self._since is None:
            self._since = now
        return self._since + self._patience

    def opened(self) -> None:
        """An attempt led to a connection. Whether it is of use is not known before :meth:`succeeded`."""
        self._since = None

    def failed(self, now: float) -> float | None:
        """Seconds to wait before the next attempt; ``None``: give up."""
        deadline = self.attempt(now)
        self.failures += 1
        delay = self._delay()
        return delay if now + delay < deadline and self.failures < MOST else None

    def succeeded(self) -> None:
        self.failures = 0
        self._since = None

    def _delay(self) -> float:
        if self.failures == 1:
            return 0.0
        return min(LONGEST, SHORTEST * 2.0 ** (self.failures - 2)) * random.uniform(1, 1 + JITTER)
