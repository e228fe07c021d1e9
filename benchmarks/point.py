"""One subject with one number of calls: a fresh process, callers, a measuring window, a point."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.load.crowd import Crowd
from benchmarks.load.observations import Observations
from benchmarks.load.vendors import VENDORS_MS, Vendors
from benchmarks.machine import Cores, Noise, Shares, Usage, calibrate
from benchmarks.probe import Lateness
from benchmarks.result import Lag, Point, Spread
from benchmarks.subject import Kind, Subject

UP_LIMIT = 20.0
"""Seconds for the first call to have heard a reply."""

SETTLE = 3.0
"""Seconds from the last call's start to the window."""

FEW, LONGER = 5, 2
"""With fewer calls than that, a window is so many times as long: it would see too few replies."""


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured while all calls were up."""

    seconds: float
    cpu_s: float
    """Used by the subject."""
    rss_mb: float
    """Of the subject, at the end."""
    lag: Lag
    """Of the subject."""
    own_lag_ms: float
    """Of the load generator (p99)."""
    shares: Shares


@dataclass(frozen=True, slots=True)
class Measured:
    """A point, and how hard that was."""

    point: Point
    own: float
    """Share of its core that the load generator used."""


class Bench:
    """Measures points.

    Args:
        vendors: of every subject.
        core: where subjects run.
        own_core: where this process runs.
    """

    def __init__(self, vendors: Vendors, core: int, own_core: int) -> None:
        self._vendors = vendors
        self._core, self._own_core = core, own_core

    async def measure(self, kind: Kind, calls: int, seconds: float, *, attempts: int = 3) -> Measured:
        """A point that is not noisy, if one of so many attempts is; else the last.

        Raises:
            SubjectMissing: something is not installed.
            SubjectFailed: the subject did not get ready, or ended.
        """
        seconds *= LONGER if calls < FEW else 1
        for attempt in range(1, attempts + 1):
            measured = await self._attempt(kind, calls, seconds, attempt)
            if not measured.point.noise:
                break
        return measured

    async def _attempt(self, kind: Kind, calls: int, seconds: float, attempt: int) -> Measured:
        self._vendors.forget()
        before = self._calibrate()
        async with (
            Subject(kind, self._vendors.environment, self._core) as subject,
            Crowd(subject.voice_url) as crowd,
        ):
            first = await self._first(subject, crowd)
            await crowd.grow(calls, kind.calls_per_second)
            await asyncio.sleep(SETTLE)
            crowd.seen.open = True
            window = await self._window(subject, seconds)
            crowd.seen.open = False
        drift = abs(self._calibrate() / before - 1)
        noise = Noise(window.shares, window.own_lag_ms, drift)
        point = _point(kind.name, calls, first.rss_mb, window, crowd.seen, str(noise), attempt)
        return Measured(point, window.shares.own)

    async def _first(self, subject: Subject, crowd: Crowd) -> Usage:
        """One call is up: it has been greeted and answered once."""
        crowd.one_more()
        crowd.seen.open = True
        with suppress(TimeoutError):
            async with asyncio.timeout(UP_LIMIT):
                await crowd.seen.replied.wait()
        crowd.seen.open = False
        crowd.seen.forget()
        return subject.usage()

    async def _window(self, subject: Subject, seconds: float) -> Window:
        await subject.lag()
        loop = asyncio.get_running_loop()
        cores, lateness = Cores(self._core, self._own_core), Lateness()
        began, before = loop.time(), subject.usage()
        await asyncio.sleep(seconds)
        after, took = subject.usage(), loop.time() - began
        shares = cores.shares(after.cpu_s - before.cpu_s)
        lateness.end()
        lag = await subject.lag()
        return Window(took, after.cpu_s - before.cpu_s, after.rss_mb, lag, lateness.take()["p99_ms"], shares)

    def _calibrate(self) -> float:
        return calibrate(self._core) + calibrate(self._own_core)


def _point(
    subject: str, calls: int, rss_first: float, window: Window, seen: Observations, noise: str, attempt: int
) -> Point:
    more = (window.rss_mb - rss_first) / (calls - 1) if calls > 1 else None
    return Point(
        subject=subject,
        calls=calls,
        seconds=round(window.seconds, 2),
        cpu_ms_per_call_second=round(1000 * window.cpu_s / calls / window.seconds, 3),
        rss_mb_first=round(rss_first, 2),
        rss_mb=round(window.rss_mb, 2),
        rss_mb_per_call=None if more is None else round(more, 3),
        lag=window.lag,
        reply=seen.spread_of_replies(VENDORS_MS),
        barge_in=Spread.of(seen.barge_in),
        greeting=Spread.of(seen.greeting),
        gaps=seen.spread_of_gaps(),
        failures=seen.described(),
        turns=len(seen.reply),
        world_lag_p99_ms=window.own_lag_ms,
        noise=noise,
        attempts=attempt,
    )
