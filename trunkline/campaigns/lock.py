"""A lock that one process has at a time, and that is free when it dies.

On SQLite a transaction on a file beside the store, on PostgreSQL an advisory lock: the operating system, or
the server, lets go of either for a process that was killed. Who loses it without dying (the connection broke)
can do no harm to contacts: the rows see to that; but two would pace the calls, so it must stop.
"""

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

KEY = 0x7472756E6B  # "trunk", in ASCII
"""PostgreSQL's advisory locks are numbers, shared by all users of a database."""


class Lock:
    """The right to drive the campaigns of a store.

    Args:
        engine: of the store.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._file: sqlite3.Connection | None = None
        self._session: AsyncConnection | None = None

    async def take(self) -> bool:
        """Take it if it is free. Whether this process has it."""
        if self._file is not None or self._session is not None:
            return True
        database = self._engine.url.database
        if self._engine.dialect.name == "sqlite":
            return self._take_file(Path(f"{database}.campaigns-lock")) if database else True
        if self._engine.dialect.name == "postgresql":
            return await self._take_session()
        return True

    async def holds(self) -> bool:
        """Whether this process still has it; asks the server."""
        if self._session is None:
            return self._file is not None or self._engine.dialect.name not in ("sqlite", "postgresql")
        try:
            async with asyncio.timeout(5.0):
                await self._session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
        return True

    async def release(self) -> None:
        """Let go."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._session is not None:
            session, self._session = self._session, None
            # The lock is the session's, which must not go back into the pool with it.
            await session.invalidate()
            await session.close()

    def _take_file(self, path: Path) -> bool:
        # A millisecond, once: no thread is worth it.
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._file = connection
        return True

    async def _take_session(self) -> bool:
        session = await self._engine.connect()
        session = await session.execution_options(isolation_level="AUTOCOMMIT")
        asked = await session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY})
        if not asked.scalar():
            await session.close()
            return False
        self._session = session
        return True
