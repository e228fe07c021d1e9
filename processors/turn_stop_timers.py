"""Timers by name, on the event loop's clock."""

import asyncio
from collections.abc import Callable


class Timers:
    """At most one of each name. Started anew, it runs anew.

    Args:
        fired: called with the name of one that has run out.
    """

    def __init__(self, fired: Callable[[str], object]) -> None:
        self._fired = fired
        self._running: dict[str, asyncio.TimerHandle] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._running

    def start(self, name: str, seconds: float) -> None:
        self.stop(name)
        self._running[name] = asyncio.get_running_loop().call_later(seconds, self._fire, name)

    def stop(self, name: str) -> None:
        """None of that name runs any more; twice does no harm."""
        timer = self._running.pop(name, None)
        if timer is not None:
            timer.cancel()

    def stop_all(self) -> None:
        for name in tuple(self._running):
            self.stop(name)

    def _fire(self, name: str) -> None:
        del self._running[name]
        self._fired(name)
