"""An event loop whose clock jumps to the next timer instead of waiting for it.

Work takes no time on this clock: only timers move it. A delay measured under it is therefore exact and the
same on every machine, and a minute of phone call passes as fast as it can be computed.
"""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any

GRACE = 0.001
"""Seconds of real time in which a socket or a thread may still answer before the clock jumps."""

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
        self._virtual += seconds


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._clock = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return self._wait()
        if timeout <= 0:
            return list(super().select(0))
        ready = list(super().select(GRACE if self._sockets() else 0))
        if not ready:
            self._clock.jump(timeout)
        return ready

    def _wait(self) -> list[tuple[selectors.SelectorKey, int]]:
        ready = list(super().select(STALL))
        if not ready:
            raise RuntimeError(f"deadlock: no timer is set and nothing arrived in {STALL:.0f} s")
        return ready

    def _sockets(self) -> bool:
        """Whether anything but the loop's own self-pipe is being watched."""
        watched: Mapping[Any, selectors.SelectorKey] = self.get_map()
        return len(watched) > 1
