"""Pacing: how fast a campaign calls, and how many people at once."""

from dataclasses import dataclass

SLICE = 0.2
"""Seconds into which a fast rate is cut, so that a second's calls do not begin together."""

FASTEST = 1000.0
"""Calls a second that anybody may ask for."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast.

    Raises:
        ValueError: a pace that nobody can keep.
    """

    rate: float | None = 1.0
    """Calls that are begun in a second, as the carrier allows (Twilio: 1 unless told otherwise); None for as
    many as fit."""
    at_once: int = 10
    """Calls that ring or go on at a time."""

    def __post_init__(self) -> None:
        if self.rate is not None and not 0 < self.rate <= FASTEST:
            raise ValueError(f"rate={self.rate}; expected calls a second, more than 0, up to {FASTEST:.0f}")
        if self.at_once < 1:
            raise ValueError(f"at_once={self.at_once}; expected calls, 1 or more")

    @property
    def limit(self) -> tuple[int, float] | None:
        """Calls, and the seconds in which no more than those are begun; None for no limit."""
        if self.rate is None:
            return None
        calls = max(1, int(self.rate * SLICE))
        return calls, calls / self.rate

    @property
    def glance(self) -> float:
        """Seconds between looks for an attempt that may begin."""
        seconds = 1.0 if self.limit is None else self.limit[1] / 4
        return min(max(seconds, 0.05), 0.25)

    @property
    def ahead(self) -> int:
        """Attempts, beyond those at once, that are made ready: few, for a pause must not have to wait for
        them."""
        return max(2, min(self.at_once, 50))

    def __str__(self) -> str:
        pace = "any number of calls a second" if self.rate is None else f"{self.rate:g} calls a second"
        return f"{pace}, {self.at_once} at once"
