"""An event loop whose clock jumps to the next timer instead of waiting for it.

Work takes no time on this clock: only timers move it. A delay measured under it is therefore exact and the
same on every machine, and a minute of phone call passes as fast as it can be computed.

What happens outside the loop gets its chance before each jump: bytes on a loopback socket at once, a thread
(a database's, say) over a number of small hops, before a long wait is skipped.
"""

import asyncio
import selectors
import threading
import time
from collections.abc import Mapping
from typing import Any

GRACE = 0.0003
"""Seconds of real time in which a socket or a thread may still answer before the clock moves."""

HOP = 0.05
"""Seconds by which the clock moves at most while a thread may be at work."""

ROUNDING = 1e-6
"""Seconds; far above what sums of floats lose, far below what anybody waits for."""

HOPS = 60
"""Hops without an answer after which no thread is taken to be at work."""

STALL = 20.0
"""Seconds of real time without any event after which a wait is taken for a deadlock."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector event loop on virtual time.

    Raises:
        RuntimeError: nothing is scheduled and nothing arrives: the test would hang for ever.
    """

    def __init__(self) -> None:
        self._virtual = 0.0
        self._jumping = _JumpingSelector(self)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._virtual

    def jump(self, seconds: float) -> None:
        """Let so much time pass in which the loop did nothing: a stall."""
        self._virtual += seconds

    def hop(self, most: float) -> None:
        """Move the clock to the next timer, or by so many seconds towards it."""
        # The timer's own time, not a sum of hops, which would miss it by a rounding error.
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        due = timers[0].when()
        self._virtual = due if due - self._virtual <= most + ROUNDING else self._virtual + most


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._clock = loop
        self._hops = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return self._wait()
        ready = list(super().select(0))
        if not ready and timeout > 0 and (self._sockets() or _threads()):
            time.sleep(GRACE)  # not a timeout of select: the least that one knows is a whole millisecond
            ready = list(super().select(0))
        if ready:
            self._hops = 0
        elif timeout > 0:
            self._jump()
        return ready

    def _jump(self) -> None:
        self._hops += 1
        hopping = _threads() and self._hops <= HOPS
        self._clock.hop(HOP if hopping else float("inf"))

    def _wait(self) -> list[tuple[selectors.SelectorKey, int]]:
        ready = list(super().select(STALL))
        if not ready:
            raise RuntimeError(f"deadlock: no timer is set and nothing arrived in {STALL:.0f} s")
        return ready

    def _sockets(self) -> bool:
        """Whether anything but the loop's own self-pipe is being watched."""
        watched: Mapping[Any, selectors.SelectorKey] = self.get_map()
        return len(watched) > 1


def _threads() -> bool:
    """Whether anything but this thread may be at work."""
    return threading.active_count() > 1
