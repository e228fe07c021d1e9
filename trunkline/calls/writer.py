"""Writes rows behind everybody's back, those of many calls in one transaction.

A database that is away for a while costs nothing but room: what was to be written waits, and is written when
it is back.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby

from loguru import logger
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from trunkline.calls.statements import Write

BACKLOG = 10_000
"""Writes that may wait; some minutes of eighty calls."""

GATHER = 0.2
"""Seconds for which writes are gathered: a transaction costs as much as ten rows in it."""

MOST = 200
"""Writes in one transaction."""

RETRY_AFTER = 0.2
"""Seconds before a second attempt at a database that is away: SQLite is, while another process writes."""

LONGEST_WAIT = 5.0
"""Seconds; the wait doubles at each attempt up to this."""

NOTICED_AFTER = 3
"""Attempts that fail before the database counts as away."""


class Writer:
    """Keeps what it is given, in order. Only :meth:`flush` and :meth:`close` wait."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[Write] = asyncio.Queue(BACKLOG)
        self._task: asyncio.Task[None] | None = None
        self._urgent = asyncio.Event()
        self._away = asyncio.Event()
        self._behind = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="call-store")

    async def flush(self) -> bool:
        """Return when all that was given so far has been written, or the database is away; says which."""
        self._urgent.set()
        written = asyncio.ensure_future(self._queue.join())
        away = asyncio.ensure_future(self._away.wait())
        try:
            await asyncio.wait({written, away}, return_when=asyncio.FIRST_COMPLETED)
            return written.done()
        finally:
            written.cancel()
            away.cancel()
            await asyncio.gather(written, away, return_exceptions=True)

    async def close(self) -> None:
        """Write all that waits, and end."""
        if not await self.flush():
            logger.error("the call store is away; its last {} records are lost", self._queue.qsize())
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def put(self, write: Write, *, urgent: bool = False) -> None:
        """Have it written: within a moment, or at once if other processes may ask for it."""
        try:
            self._queue.put_nowait(write)
            self._behind = False
            if urgent:
                self._urgent.set()
        except asyncio.QueueFull:
            if not self._behind:
                self._behind = True
                logger.error("the call store is {} writes behind; records are dropped", BACKLOG)

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
            await self._insist(writes)
        except SQLAlchemyError:
            for write in writes:
                await self._alone(write)

    async def _alone(self, write: Write) -> None:
        try:
            await self._insist([write])
        except SQLAlchemyError as error:
            # The statement would show a caller's words: the error's type is enough.
            logger.error("the call store refused a record: {}", type(error).__name__)

    async def _insist(self, writes: Sequence[Write]) -> None:
        """Commit, however long the database is away.

        Raises:
            SQLAlchemyError: it is there, and refuses them.
        """
        wait, attempts = RETRY_AFTER, 0
        while (failure := await self._attempt(writes)) is not None:
            attempts += 1
            if attempts == NOTICED_AFTER:
                self._away.set()
                logger.error("the call store is away ({}); records wait until it is back", failure)
            await asyncio.sleep(wait * random.uniform(0.75, 1.25))
            wait = min(LONGEST_WAIT, 2 * wait)
        if self._away.is_set():
            self._away.clear()
            logger.info("the call store is back")

    async def _attempt(self, writes: Sequence[Write]) -> str | None:
        """What keeps the database from being written to; None when it was."""
        try:
            await self._commit(writes)
            return None
        except OSError as error:  # a driver's timeout is one, too
            return type(error).__name__
        except DBAPIError as error:
            if not (error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))):
                raise
            return type(error).__name__

    async def _commit(self, writes: Sequence[Write]) -> None:
        async with self._engine.begin() as connection:
            for _, same in groupby(writes, key=lambda write: id(write.statement)):
                rows = list(same)
                await connection.execute(rows[0].statement, [dict(row.values) for row in rows])
