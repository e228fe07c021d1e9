"""How long one reply is tried for while a caller waits, and how often."""

import random
from collections.abc import Callable

from processors.backoff import JITTER, Backoff

BEARABLE = 8.0
"""Seconds from the request for a reply, or from its last word, to giving it up; the caller hears a bridge."""

SHORTEST_ATTEMPT = 1.0
"""Seconds: a model that is given less cannot answer."""

BREAKS = 3
"""Times that one reply may break off in the middle and be gone on with."""

LOST_TURNS = 3
"""Turns in a row that fail, after which the caller is not asked again."""


class Perseverance:
    """Of one reply, from now on.

    Args:
        now: tells the time in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._breaks = 0
        self._begin()

    def first_token(self, patience: float) -> float:
        """Seconds that the next attempt has for its first token, of those that it would have."""
        return max(min(patience, self._until - self._now()), min(patience, SHORTEST_ATTEMPT))

    def failed(self, delay: float | None, *, has_said_more: bool) -> float | None:
        """Seconds until the next attempt; None: give up.

        Args:
            delay: how long the vendor is to be left alone; None if no further attempt makes sense.
            has_said_more: whether the attempt got on with the reply.
        """
        if has_said_more:
            self._breaks += 1
            self._begin()
        own = self._backoff.failed(self._now())
        if delay is None or own is None or self._breaks > BREAKS:
            return None
        wait = max(own, delay * random.uniform(1, 1 + JITTER))
        return wait if self._now() + wait + SHORTEST_ATTEMPT <= self._until else None

    def _begin(self) -> None:
        self._backoff = Backoff(BEARABLE)
        self._until = self._backoff.attempt(self._now())
