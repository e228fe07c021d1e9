"""The attempts of this process to call somebody, while they last: known by heart, and with a place kept."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trunkline.admission import Admission
    from trunkline.calls.dials import Dials
    from trunkline.calls.models import DialRow
    from trunkline.line import Line

BY_HEART = 10_000
"""Attempts at most; of one that is forgotten, the store knows."""


class Attempts:
    """Of one process. Somebody who has answered waits for no database.

    Args:
        dials: keeps all attempts, of all processes.
        admission: keeps places.
    """

    def __init__(self, dials: Dials, admission: Admission) -> None:
        self._dials = dials
        self._admission = admission
        self._mine: dict[str, DialRow] = {}
        self._places: dict[str, asyncio.TimerHandle] = {}
        self._over: dict[str, asyncio.Event] = {}
        self._writing: set[asyncio.Task[Any]] = set()

    def begin(self, row: DialRow, line: Line, seconds: float) -> None:
        """Keep a place for who answers, for so long."""
        while len(self._mine) >= BY_HEART:
            self._mine.pop(next(iter(self._mine)))
        self._mine[row.id] = row
        self._admission.take(row.id, line)
        loop = asyncio.get_running_loop()
        self._places[row.id] = loop.call_later(seconds, self.arrived, row.id)

    async def find(self, dial: str) -> DialRow | None:
        """An attempt of any process."""
        return self._mine.get(dial) or await self._dials.get(dial)

    def arrived(self, dial: str) -> None:
        """Who was called has answered, so that the call has its own place; or will not any more."""
        if (timer := self._places.pop(dial, None)) is not None:
            timer.cancel()
            self._admission.leave(dial)

    def ended(self, dial: str) -> None:
        """An attempt is over."""
        self._mine.pop(dial, None)
        self.arrived(dial)
        if (event := self._over.get(dial)) is not None:
            event.set()

    async def over(self, dial: str) -> None:
        """Return when an attempt is over."""
        event = self._over.setdefault(dial, asyncio.Event())
        row = await self._dials.get(dial)
        if row is not None and row.claim is not None:
            await event.wait()
        self._over.pop(dial, None)

    def write(self, work: Coroutine[Any, Any, Any]) -> None:
        """Have something kept, without waiting for it."""
        task = asyncio.get_running_loop().create_task(work, name="dial")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def close(self) -> None:
        """Let go of places, when all is kept."""
        for dial in list(self._places):
            self.arrived(dial)
        if self._writing:
            await asyncio.wait(self._writing)
