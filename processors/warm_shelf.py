"""How many warm sockets of one recipe are worth having."""

import math
from dataclasses import dataclass, field

from processors.errors import VendorBusy, VendorError
from processors.socket_recipe import Recipe
from processors.warm_socket import WarmSocket

KEPT = 600.0
"""Seconds after its last use in which a recipe has all its sockets; then those that age are not replaced."""

FIRST_PAUSE = 5.0
"""Seconds without another attempt after a failure; doubled with each further one."""

LONGEST_PAUSE = 300.0
"""Seconds."""

BUSY_PAUSE = 60.0
"""Seconds at least after Deepgram said that we have too many streams (429)."""


@dataclass(slots=True, eq=False)
class Shelf:
    """The sockets of one recipe, and its fortunes. Times are seconds on any one clock."""

    recipe: Recipe
    used_at: float
    """When it was last asked for, or first expected."""
    is_expected: bool = False
    """Whether a line is served that asks for it. Else one use may be the only one."""
    uses: int = 0
    idle: list[WarmSocket] = field(default_factory=list)
    """The oldest first."""
    opening: int = 0
    failures: int = 0
    """In a row."""
    rests_until: float = 0.0
    complaint: str = ""
    """Why opening failed, last."""

    @property
    def count(self) -> int:
        return len(self.idle) + self.opening

    def used(self, now: float) -> None:
        if now - self.used_at > KEPT:
            self.uses = 0
        self.used_at = now
        self.uses += 1

    def target(self, now: float, size: int) -> int:
        """How many there should be."""
        if now - self.used_at > KEPT:
            return min(size, 1) if self.is_expected else 0
        return size if self.is_expected or self.uses > 1 else 0

    def lacks(self, now: float, size: int) -> bool:
        """Whether another one is to be opened now. After a failure, one at a time."""
        most = self.target(now, size)
        if self.failures:
            most = min(most, self.count + (self.opening == 0))
        return now >= self.rests_until and self.count < most

    def is_forgotten(self, now: float) -> bool:
        """Whether nothing is left to know about it."""
        return not self.is_expected and not self.count and now - self.used_at > KEPT

    def succeeded(self) -> None:
        """A socket was of use, or waited in vain until it was old."""
        self.failures = 0

    def failed(self, now: float, error: VendorError | None = None) -> None:
        """Opening failed, or (None) the vendor closed a socket that waited."""
        self.complaint = "" if error is None else str(error)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failures, 10))
        self.failures += 1
        if error is not None and error.permanent:
            pause = math.inf
        elif isinstance(error, VendorBusy):
            pause = max(pause, BUSY_PAUSE)
        self.rests_until = max(self.rests_until, now + pause)
