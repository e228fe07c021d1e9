"""Writes rows behind everybody's back, those of many calls in one transaction."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from trunkline.calls.statements import Write

BACKLOG = 10_000
"""Writes that may wait; some minutes of eighty calls."""

GATHER = 0.2
"""Seconds for which writes are gathered: a transaction costs as much as ten rows in it."""

MOST = 200
"""Writes in one transaction."""

ATTEMPTS = 5
RETRY_AFTER = 0.2
"""Seconds, doubled at each attempt: SQLite is locked while another process writes."""


class Writer:
    """Keeps what it is given, in order. Only :meth:`flush` and :meth:`close` wait."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[Write] = asyncio.Queue(BACKLOG)
        self._task: asyncio.Task[None] | None = None
        self._urgent = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="call-store")

    async def flush(self) -> None:
        """Return when all that was given so far has been written."""
        self._urgent.set()
        await self._queue.join()

    async def close(self) -> None:
        """Write all that waits, and end."""
        await self.flush()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def put(self, write: Write, *, urgent: bool = False) -> None:
        """Have it written: within a moment, or at once if other processes may ask for it."""
        try:
            self._queue.put_nowait(write)
            if urgent:
                self._urgent.set()
        except asyncio.QueueFull:
            logger.error("the call store is {} writes behind; a record was dropped", BACKLOG)

    async def _run(self) -> None:
        while True:
            writes = [await self._queue.get()]
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER):
                    await self._urgent.wait()
            self._urgent.clear()
            while len(writes) < MOST and not self._queue.empty():
                writes.append(self._queue.get_nowait())
            try:
                await self._write(writes)
            finally:
                for _ in writes:
                    self._queue.task_done()

    async def _write(self, writes: Sequence[Write]) -> None:
        """Together; if that fails, each alone: one that cannot be kept must not cost the others."""
        try:
            await self._commit(writes)
        except (SQLAlchemyError, OSError):
            for write in writes:
                await self._insist(write)

    async def _insist(self, write: Write) -> None:
        wait = RETRY_AFTER
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._commit([write])
                return
            except (SQLAlchemyError, OSError) as error:
                # The statement would show a caller's words: the error's type is enough.
                logger.error("the call store failed (attempt {}): {}", attempt, type(error).__name__)
                await asyncio.sleep(wait)
                wait *= 2

    async def _commit(self, writes: Sequence[Write]) -> None:
        async with self._engine.begin() as connection:
            for _, same in groupby(writes, key=lambda write: id(write.statement)):
                rows = list(same)
                await connection.execute(rows[0].statement, [dict(row.values) for row in rows])
