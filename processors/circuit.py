"""Circuit breakers: a vendor that fails again and again is left alone for a while, by all calls of a process.

Without one each caller waits for the same timeout before the second vendor is asked. Times are seconds on the
event loop's clock.
"""

from collections import deque
from collections.abc import Iterator
from enum import Enum

from loguru import logger

from processors.errors import VendorError, VendorRefused

TRIAL_LIMIT = 12.0
"""Seconds after which a trial that has not reported counts as never made."""

LONGEST_REST = 120.0
"""Seconds for which a vendor is left alone at most, whatever it asks for."""


class State(Enum):
    """What a breaker lets through."""

    CLOSED = "closed"
    """All: the vendor works."""
    OPEN = "open"
    """Nothing: the vendor rests."""
    HALF_OPEN = "half-open"
    """One request, the trial, whose outcome decides."""


class Breaker:
    """Of one vendor. Whoever has asked :meth:`allows` and asks the vendor reports what came of it.

    Args:
        name: the vendor, and where it is: ``OpenAI api.openai.com``.
        failures: so many within the window open it; of a permanent error, one.
        window: seconds.
        rest: seconds until a trial; longer where the vendor named a time.
    """

    def __init__(self, name: str, failures: int = 3, window: float = 30.0, rest: float = 15.0) -> None:
        self.name = name
        self.state = State.CLOSED
        self._failures: deque[float] = deque(maxlen=failures)
        self._window = window
        self._rest = rest
        self._until = 0.0
        """When the next trial may begin."""

    def rests(self, now: float) -> bool:
        """Whether :meth:`allows` would say no; begins no trial."""
        return self.state is not State.CLOSED and now < self._until

    def allows(self, now: float) -> bool:
        """Whether the vendor may be asked; half-open, whoever hears yes is the one who tries."""
        if self.state is State.CLOSED:
            return True
        if now < self._until:
            return False
        self.state = State.HALF_OPEN
        self._until = now + TRIAL_LIMIT
        return True

    def succeeded(self) -> None:
        """The vendor did what it was asked for."""
        if self.state is not State.CLOSED:
            logger.info("{} works again", self.name)
        self.state = State.CLOSED
        self._failures.clear()

    def failed(self, error: VendorError, now: float) -> None:
        """The vendor did not. What one request was refused for says nothing of the next."""
        if isinstance(error, VendorRefused) and not error.permanent:
            self.withdrawn()
            return
        self._failures.append(now)
        lasts = error.permanent or error.retry_after is not None
        if lasts or self.state is not State.CLOSED or self._is_enough(now):
            self._open(now, error)

    def withdrawn(self) -> None:
        """Nobody waits for the trial any more: the next one who asks makes it."""
        if self.state is State.HALF_OPEN:
            self.state, self._until = State.OPEN, 0.0

    def _is_enough(self, now: float) -> bool:
        return len(self._failures) == self._failures.maxlen and now - self._failures[0] <= self._window

    def _open(self, now: float, error: VendorError) -> None:
        rest = min(LONGEST_REST, max(self._rest, error.retry_after or 0.0))
        if self.state is State.CLOSED:
            logger.warning("{} is left alone for {:g} s: {}", self.name, rest, error)
        self._until = max(self._until, now + rest) if self.state is State.OPEN else now + rest
        self.state = State.OPEN


class Breakers:
    """Those of a process, by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Breaker] = {}

    def of(self, name: str) -> Breaker:
        return self._by_name.setdefault(name, Breaker(name))

    @property
    def resting(self) -> int:
        """How many are not closed."""
        return sum(breaker.state is not State.CLOSED for breaker in self)

    def __iter__(self) -> Iterator[Breaker]:
        return iter(self._by_name.values())
