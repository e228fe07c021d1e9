"""What callers saw, put together; figures count only inside the measuring window, failures always."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.result import Gaps, Spread

NOTABLE_MS = 20
"""A gap of one packet or less is not heard."""


@dataclass(slots=True)
class Observations:
    """Milliseconds, as lists in the order in which they were seen."""

    open: bool = False
    """Whether the window is open."""
    greeting: list[float] = field(default_factory=list)
    """Of every call: calls start before the window."""
    reply: list[float] = field(default_factory=list)
    barge_in: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    replied: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once there was a reply."""

    def see_greeting(self, seconds: float) -> None:
        self.greeting.append(1000 * seconds)

    def see_reply(self, seconds: float) -> None:
        if self.open:
            self.reply.append(1000 * seconds)
            self.replied.set()

    def see_barge_in(self, seconds: float) -> None:
        if self.open:
            self.barge_in.append(1000 * seconds)

    def see_gap(self, seconds: float) -> None:
        if self.open:
            self.gaps.append(1000 * seconds)

    def fail(self, what: str) -> None:
        """Something went wrong; ``what`` is the same for what is alike."""
        self.failures[what] += 1

    def forget(self) -> None:
        """Drop the figures of a window, to open another one."""
        self.reply.clear()
        self.barge_in.clear()
        self.gaps.clear()

    def spread_of_gaps(self) -> Gaps:
        notable = sum(gap > NOTABLE_MS for gap in self.gaps)
        return Gaps(notable, round(max(self.gaps, default=0.0), 1), len(self.reply))

    def spread_of_replies(self, vendors_ms: float) -> Spread:
        """What a reply took beyond the vendors' fixed delays."""
        return Spread.of([taken - vendors_ms for taken in self.reply])

    def described(self) -> list[str]:
        """The failures, a string each."""
        return [what for what, times in sorted(self.failures.items()) for _ in range(times)]
