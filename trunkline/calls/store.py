"""The call store: written behind the call's back, so that no frame ever waits for a database.

Writes go through a bounded queue to one task, in order. A normal stop drains it; after ``kill -9`` all is
there but the last moments. When the database is slower than the calls for long, the oldest wait is logged and
whoever can wait (a webhook) does.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import Any

from loguru import logger
from sqlalchemy import URL, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from trunkline.calls.migrate import upgrade
from trunkline.calls.models import CallRow, TurnRow, now
from trunkline.errors import SettingsError
from trunkline.life import ABANDONED, Outcome
from trunkline.line import Line
from trunkline.records import Facts, Message, Turn

BACKLOG = 10_000
"""Writes that may wait; some minutes of eighty calls."""

ATTEMPTS = 5
RETRY_AFTER = 0.2
"""Seconds, doubled at each attempt: SQLite is locked while another process writes."""

Write = Callable[[AsyncSession], Awaitable[None]]


class CallStore:
    """Calls and turns in an SQL database.

    Args:
        url: SQLAlchemy URL with an async driver.

    Raises:
        SettingsError: the URL does not fit, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_async_engine(url)
        except (SQLAlchemyError, ImportError) as error:
            raise SettingsError(
                f"TRUNKLINE_DATABASE_URL does not fit ({type(error).__name__}); expected an SQLAlchemy URL "
                "with an installed async driver, such as sqlite+aiosqlite:///trunkline.db"
            ) from error
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._queue: asyncio.Queue[Write] = asyncio.Queue(BACKLOG)
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Bring the tables up to date and start writing.

        Raises:
            SettingsError: the database cannot be reached or its URL does not fit.
        """
        try:
            _probe(self._engine.url)
            await upgrade(self._engine)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            await self._engine.dispose()
            raise SettingsError(
                f"the call store cannot be opened ({type(error).__name__}); check TRUNKLINE_DATABASE_URL"
            ) from error
        self._writer = asyncio.create_task(self._write(), name="call-store")

    async def close(self) -> None:
        """Write all that waits, then let go of the database."""
        await self.flush()
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer
        await self._engine.dispose()

    async def flush(self) -> None:
        """Return when all that was given so far has been written."""
        await self._queue.join()

    # What a call tells; none of these waits.

    def begin(self, facts: Facts, line: Line) -> None:
        started = now()

        async def write(session: AsyncSession) -> None:
            if await session.get(CallRow, facts.sid) is None:
                row = CallRow(
                    sid=facts.sid,
                    line=line.name,
                    caller=facts.caller,
                    called=facts.called,
                    direction=facts.direction,
                    started_at=started,
                )
                session.add(row)

        self._put(write)

    def turn(self, sid: str, turn: Turn) -> None:
        at = now()

        async def write(session: AsyncSession) -> None:
            await session.merge(_turn_row(sid, turn, at))

        self._put(write)

    def end(self, sid: str, outcome: Outcome) -> None:
        """The first outcome counts; *abandoned* is a guess, which another process may know better."""
        ended = now()

        async def write(session: AsyncSession) -> None:
            row = await session.get(CallRow, sid)
            if row is not None and row.outcome in (None, ABANDONED.kind):
                row.ended_at = ended
                row.outcome, row.reason = outcome.kind, outcome.reason
                row.last_words = outcome.last_words

        self._put(write)

    # What may be asked.

    async def outcome(self, sid: str) -> Outcome | None:
        """How a call ended, if it has."""
        row = await self.call(sid)
        if row is None or row.outcome is None:
            return None
        return Outcome(row.outcome, row.reason, row.last_words)

    async def history(self, sid: str) -> Sequence[Message]:
        """The conversation so far, as messages for the model."""
        row = await self.call(sid)
        messages: list[Message] = []
        for turn in row.turns if row else ():
            messages += [{"role": "user", "content": turn.caller}] if turn.caller else []
            messages += [{"role": "assistant", "content": turn.agent}] if turn.agent else []
        return messages

    async def call(self, sid: str) -> CallRow | None:
        """One call with its turns."""
        async with self._sessions() as session:
            query = select(CallRow).where(CallRow.sid == sid).options(selectinload(CallRow.turns))
            return (await session.execute(query)).scalar_one_or_none()

    async def matching(self, prefix: str, limit: int = 2) -> Sequence[CallRow]:
        """Calls whose SID begins so, with their turns, latest first."""
        query = select(CallRow).options(selectinload(CallRow.turns)).limit(limit)
        query = query.where(CallRow.sid.startswith(prefix, autoescape=True))
        async with self._sessions() as session:
            return (await session.execute(query.order_by(CallRow.started_at.desc()))).scalars().all()

    async def calls(self, limit: int = 20, line: str | None = None) -> Sequence[CallRow]:
        """The latest calls with their turns, latest first."""
        query = select(CallRow).options(selectinload(CallRow.turns))
        query = query.order_by(CallRow.started_at.desc()).limit(limit)
        if line is not None:
            query = query.where(CallRow.line == line)
        async with self._sessions() as session:
            return (await session.execute(query)).scalars().all()

    def _put(self, write: Write) -> None:
        try:
            self._queue.put_nowait(write)
        except asyncio.QueueFull:
            logger.error("the call store is {} writes behind; a record was dropped", BACKLOG)

    async def _write(self) -> None:
        while True:
            write = await self._queue.get()
            try:
                await self._attempt(write)
            finally:
                self._queue.task_done()

    async def _attempt(self, write: Write) -> None:
        wait = RETRY_AFTER
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._sessions.begin() as session:
                    await write(session)
                return
            except (SQLAlchemyError, OSError) as error:
                # The statement would show a caller's words: the error's type is enough.
                logger.error("the call store failed (attempt {}): {}", attempt, type(error).__name__)
                await asyncio.sleep(wait)
                wait *= 2


def _probe(url: URL) -> None:
    """Open an SQLite file once by hand: when aiosqlite cannot, its thread outlives the loop and complains.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    file = url.database or ":memory:"
    if url.get_backend_name() == "sqlite" and not file.startswith("file:"):
        with closing(sqlite3.connect(file)) as connection:
            # Kept in the file. Processes that read do not wait for one that writes, nor it for them.
            connection.execute("PRAGMA journal_mode=WAL")


def _turn_row(sid: str, turn: Turn, at: datetime) -> TurnRow:
    tools: list[dict[str, Any]] = [{"name": t.name, "arguments": t.arguments} for t in turn.tools]
    row = TurnRow(
        call_sid=sid,
        index=turn.index,
        at=at,
        caller=turn.caller,
        agent=turn.agent,
        interrupted=turn.interrupted,
        tools=tools,
    )
    if turn.latency is not None:
        row.total_ms = turn.latency.total
        row.listening_ms = turn.latency.listening
        row.thinking_ms = turn.latency.thinking
        row.speaking_ms = turn.latency.speaking
    return row
