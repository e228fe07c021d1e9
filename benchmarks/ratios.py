"""Figures of several rounds with their noise, and ratios of two of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import hypot
from statistics import median
from typing import Self

from benchmarks.result import Point

LEAST_NOISE = 0.05
"""Noise of a ratio, relative, however close the rounds lie: two or three of them cannot promise more."""

SLOWER_MS = 100
"""How much later than with one call the p95 reply may come while a subject still carries its calls."""

Reading = Callable[[Point], float | None]
"""Reads one figure off a point, or nothing if it was not measured there."""


def cpu(point: Point) -> float:
    """CPU time by call and second, in ms."""
    return point.cpu_ms_per_call_second


def reply(point: Point) -> float | None:
    """p95 of the reply beyond the vendors' delays, in ms."""
    return point.reply.p95 if point.reply.n else None


def barge_in(point: Point) -> float | None:
    """p95 from the caller's first sound to ``clear``, in ms."""
    return point.barge_in.p95 if point.barge_in.n else None


def greeting(point: Point) -> float | None:
    """p95 from the start of the stream to the first sound, in ms."""
    return point.greeting.p95 if point.greeting.n else None


def memory(point: Point) -> float | None:
    """What each call but the first added, in MiB."""
    return point.rss_mb_per_call


def gaps(point: Point) -> int:
    """How often a caller's ear ran dry for over 20 ms inside a reply."""
    return point.gaps.over_20ms


def failures(point: Point) -> int:
    """How many calls went wrong."""
    return len(point.failures)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure by its rounds: their median, and how far they lie apart."""

    value: float
    noise: float = 0.0
    """Half the distance from the lowest round to the highest, in the figure's own unit."""
    noisy: bool = False
    """Whether it rests on rounds that called themselves noisy, for want of others."""

    @classmethod
    def of(cls, values: list[float], noisy: bool = False) -> Self | None:
        """The figure of these rounds, if there are any."""
        if not values:
            return None
        return cls(median(values), (max(values) - min(values)) / 2, noisy)

    @property
    def relative(self) -> float:
        """The noise as a share of the value."""
        return self.noise / abs(self.value) if self.value else 0.0


def ratio(ours: Measured | None, theirs: Measured | None) -> Measured | None:
    """One figure by another. Two independent noises add up as the sides of a right angle do."""
    if ours is None or theirs is None or theirs.value <= 0:
        return None
    value = ours.value / theirs.value
    noise = max(hypot(ours.relative, theirs.relative), LEAST_NOISE)
    return Measured(value, abs(value) * noise, ours.noisy or theirs.noisy)


def difference(more: Measured | None, less: Measured | None) -> Measured | None:
    """One figure less another."""
    if more is None or less is None:
        return None
    noise = hypot(more.noise, less.noise)
    return Measured(more.value - less.value, noise, more.noisy or less.noisy)


@dataclass(frozen=True, slots=True)
class Carried:
    """How many calls a subject takes before its p95 reply slows."""

    calls: int
    at_least: bool
    """Whether no greater number was measured, so that nobody knows where it ends."""
    noisy: bool


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one subject did, by number of calls.

    Where there are quiet rounds, the noisy ones are not in it.
    """

    subject: str
    rounds: dict[int, list[Point]]
    """By number of calls, ascending."""

    @classmethod
    def of(cls, subject: str, points: Iterable[Point]) -> Self:
        """The subject's sweep out of all points of a run."""
        rounds: dict[int, list[Point]] = {}
        for point in sorted((p for p in points if p.subject == subject), key=lambda p: p.calls):
            rounds.setdefault(point.calls, []).append(point)
        return cls(subject, {calls: quiet(of) for calls, of in rounds.items()})

    def noisy(self, calls: int) -> bool:
        """Whether every round with that many calls was noisy."""
        return all(point.noise for point in self.rounds[calls])

    def at(self, calls: int | None, reading: Reading) -> Measured | None:
        """A figure with that many calls, if it was measured."""
        if calls is None or calls not in self.rounds:
            return None
        read = [reading(point) for point in self.rounds[calls]]
        return Measured.of([value for value in read if value is not None], self.noisy(calls))

    def total(self, most: int, count: Callable[[Point], int]) -> Measured | None:
        """How often something happened in all rounds with up to that many calls."""
        within = [calls for calls in self.rounds if calls <= most]
        if not within:
            return None
        happened = sum(count(point) for calls in within for point in self.rounds[calls])
        return Measured(happened, noisy=any(self.noisy(calls) for calls in within))

    def best(self) -> int | None:
        """The number of calls at which one costs least CPU while replies come as with one call, or nearly."""
        kept = [calls for calls in self._trusted() if self._keeps_up(calls)]
        return min(kept, key=lambda calls: median(map(cpu, self.rounds[calls])), default=None)

    def carried(self) -> Carried | None:
        """Calls on its core, in the steps that were measured, before the p95 reply slows by 100 ms.

        Nothing if it was not measured with one call: there is nothing to be slower than.
        """
        if 1 not in self.rounds or self._base() is None:
            return None
        all_calls = list(self.rounds)
        slow = next((calls for calls in all_calls if not self._keeps_up(calls)), None)
        last = max((calls for calls in all_calls if slow is None or calls < slow), default=0)
        decisive = [calls for calls in (last, slow) if calls]
        return Carried(last, slow is None, any(self.noisy(calls) for calls in decisive))

    def _trusted(self) -> list[int]:
        return [calls for calls in self.rounds if not self.noisy(calls)] or list(self.rounds)

    def _base(self) -> float | None:
        """p95 reply with the fewest calls that were measured well."""
        replies = (self._value(calls, reply) for calls in self._trusted())
        return next((value for value in replies if value is not None), None)

    def _keeps_up(self, calls: int) -> bool:
        base, value = self._base(), self._value(calls, reply)
        broken = median(failures(point) for point in self.rounds[calls]) > 0
        return base is not None and value is not None and value <= base + SLOWER_MS and not broken

    def _value(self, calls: int, reading: Reading) -> float | None:
        measured = self.at(calls, reading)
        return measured.value if measured else None


def quiet(points: list[Point]) -> list[Point]:
    """The rounds that were not noisy; all of them if every one was."""
    return [point for point in points if not point.noise] or points


def sweeps(points: Iterable[Point]) -> dict[str, Sweep]:
    """Every subject's sweep, in the order in which they were first measured."""
    points = list(points)
    return {subject: Sweep.of(subject, points) for subject in dict.fromkeys(p.subject for p in points)}
