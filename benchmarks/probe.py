"""Inside a subject: how late its event loop runs, told on request.

A subject says on stdout that it is ready and on which port. From then on it answers each line ``lag`` on
stdin with what was measured since the last one, and each line ``tasks`` with how many asyncio tasks there
are. The end of stdin ends it.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from time import monotonic

import numpy as np

EVERY = 0.01
"""Seconds between two looks at the clock: 0.1 % of a core, 1 % where nothing else keeps it awake."""


class Lateness:
    """Looks at the clock every 10 ms until :meth:`end`: how late does the running loop get to it?

    Not by the loop's own clock: uvloop's counts milliseconds, and stands still while callbacks run.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._late: list[float] = []
        self._due = monotonic() + EVERY
        self._timer = self._loop.call_later(EVERY, self._look)

    def take(self) -> dict[str, float]:
        """Percentiles of what was seen since the last time, in milliseconds."""
        late, self._late = self._late, []
        return spread(late)

    def end(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        now = monotonic()
        self._late.append(now - self._due)
        # A loop that was blocked is late once, not once for each look that it missed.
        self._due = max(self._due + EVERY, now)
        self._timer = self._loop.call_later(self._due - now, self._look)


class Probe:
    """``await Probe().serve(port)`` answers until the subject is to end."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()

    async def serve(self, port: int) -> None:
        """Say that the subject takes calls on that port, and answer until stdin ends."""
        self._lateness = Lateness()
        self._loop.add_reader(sys.stdin, self._read)
        say({"ready": True, "port": port})
        try:
            await self._over.wait()
        finally:
            self._lateness.end()
            self._loop.remove_reader(sys.stdin)

    def _read(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self._over.set()
        elif line.strip() == "lag":
            say(self._lateness.take())
        elif line.strip() == "tasks":
            say({"tasks": len(asyncio.all_tasks(self._loop))})


def spread(late: list[float]) -> dict[str, float]:
    """Milliseconds late, from seconds."""
    values = 1000 * np.maximum(late or [0.0], 0)
    p50, p99 = np.percentile(values, [50, 99])
    figures = {"p50_ms": p50, "p99_ms": p99, "max_ms": values.max()}
    return {"n": len(late), **{name: round(float(value), 3) for name, value in figures.items()}}


def say(message: Mapping[str, object]) -> None:
    """One line of JSON on stdout."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
