"""The process's pulse: how late its event loop runs, and how much of a core it uses."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

BEAT = 0.1
"""Seconds from one look to the next; one takes some 30 µs of CPU."""

WINDOW = 5.0
"""Seconds that a reading looks back."""

LEAST = 1.0
"""Seconds of which a share is taken at least: one beat says little."""

BEATS = round(WINDOW / BEAT)
P95 = math.ceil(0.95 * BEATS) - 1


@dataclass(frozen=True, slots=True)
class Reading:
    """Of the last seconds."""

    cpu: float = 0.0
    """Cores that the process used, all its threads together: 0.8 is 80 % of one."""
    lag: float = 0.0
    """Seconds by which a timer was late, 95th percentile."""


class Pulse:
    """Reads the pulse while it is started.

    Args:
        on_beat: called at each beat, with a reading.
        cpu: seconds of CPU that the process has used so far.
    """

    def __init__(self, on_beat: Callable[[Reading], None], cpu: Callable[[], float] | None = None) -> None:
        self._on_beat = on_beat
        self._cpu = cpu or time.process_time
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        # Quiet until proved otherwise: the first beats of a process are late for reasons of their own.
        self._late = deque([0.0] * BEATS, BEATS)
        self._used: deque[tuple[float, float]] = deque()

    def start(self) -> None:
        self._used.append((self._loop.time(), self._cpu()))
        self._set()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _set(self) -> None:
        self._due = self._loop.time() + BEAT
        self._timer = self._loop.call_at(self._due, self._beat)

    def _beat(self) -> None:
        now = self._loop.time()
        self._note_lag(now - self._due)
        self._used.append((now, self._cpu()))
        while len(self._used) > 2 and now - self._used[1][0] >= WINDOW:
            self._used.popleft()
        self._on_beat(self._read())
        self._set()

    def _note_lag(self, lag: float) -> None:
        # A loop that stood still was late for each timer that was due meanwhile, not for one.
        for _ in range(BEATS):
            self._late.append(max(lag, 0.0))
            lag -= BEAT
            if lag <= 0:
                return

    def _read(self) -> Reading:
        (began, before), (now, used) = self._used[0], self._used[-1]
        return Reading((used - before) / max(now - began, LEAST), sorted(self._late)[P95])
