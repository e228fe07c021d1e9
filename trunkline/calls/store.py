"""The call store: written behind the call's back, so that no frame ever waits for a database.

Writes go through a bounded queue to one task, in order. A normal stop drains it; after ``kill -9`` all is
there but the last moments. When the database is slower than the calls for long, the oldest wait is logged and
whoever can wait (a webhook) does.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import fields
from typing import Any

from sqlalchemy import URL, make_url, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from trunkline.calls.dials import Dials
from trunkline.calls.expenses import Expenses
from trunkline.calls.migrate import upgrade
from trunkline.calls.models import CallRow, TurnRow, now
from trunkline.calls.purge import LIVE, Purge, overwrites
from trunkline.calls.statements import Statements, Write
from trunkline.calls.summary import waterfall
from trunkline.calls.writer import Writer
from trunkline.errors import SettingsError
from trunkline.life import ABANDONED, HANDED_OVER, PROVISIONAL, Outcome
from trunkline.line import Line
from trunkline.records import Facts, ToolCall, Turn
from trunkline.resuming.resumption import Left, Resumed
from trunkline.transfers.destinations import Then
from trunkline.waterfall import SEGMENTS

LIMITS: dict[str, dict[str, Any]] = {
    "postgresql+asyncpg": {"timeout": 5, "command_timeout": 10},
    "postgresql+psycopg": {"connect_timeout": 5, "options": "-c statement_timeout=10s"},
    "mysql+aiomysql": {"connect_timeout": 5},
    "mysql+asyncmy": {"connect_timeout": 5},
}
"""Seconds, in each driver's words, after which a server that says nothing counts as away."""

PLAIN = [
    field.name
    for field in fields(Turn)
    if field.name not in ("tools", "latency", "stage") and hasattr(TurnRow, field.name)
]
"""What of a turn is a column as it is."""


class CallStore:
    """Calls and turns in an SQL database.

    Args:
        url: SQLAlchemy URL with an async driver.

    Raises:
        SettingsError: the URL does not fit, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_async_engine(url, connect_args=LIMITS.get(make_url(url).drivername, {}))
            self._statements = Statements(self._engine.dialect.name)
        except (SQLAlchemyError, ImportError, LookupError) as error:
            raise SettingsError(
                f"TRUNKLINE_DATABASE_URL does not fit ({type(error).__name__}); expected an SQLAlchemy URL "
                "with an installed async driver, such as sqlite+aiosqlite:///trunkline.db"
            ) from error
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        overwrites(self._engine)
        self._writer = Writer(self._engine)
        self.purge = Purge(self._engine, self._sessions)
        """Deletes calls, or what they tell."""
        self.expenses = Expenses(self._sessions)
        """What calls have cost."""
        self.dials = Dials(self._sessions)
        """Calls that we make, and whom we do not call."""

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
        self._writer.start()

    async def close(self) -> None:
        """Write all that waits, then let go of the database."""
        await self._writer.close()
        await self._engine.dispose()

    @property
    def engine(self) -> AsyncEngine:
        """The database, for whoever has tables of their own in it."""
        return self._engine

    async def flush(self) -> bool:
        """Return when all that was given so far has been written, or the database is away; says which."""
        return await self._writer.flush()

    # What a call tells; none of these waits.

    def begin(self, facts: Facts, line: Line) -> None:
        row = {
            "sid": facts.sid,
            "line": line.name,
            "caller": facts.person,
            "called": facts.number,
            "direction": facts.direction,
            "started_at": now(),
            "reason": "",
            "last_words": "",
        }
        self._writer.put(Write(self._statements.begin, row))

    def turn(self, sid: str, turn: Turn) -> None:
        self._writer.put(Write(self._statements.turn, _turn_row(sid, turn)))

    def note(self, sid: str, *, urgent: bool = False, **columns: Any) -> None:
        """More of what is known of a call that has begun.

        Args:
            sid: the call's.
            urgent: whether other processes may ask for it at once.
            columns: of the ``calls`` table; what they held is overwritten.
        """
        self._writer.put(Write(self._statements.note(columns), {"of": sid, **columns}), urgent=urgent)

    def end(self, sid: str, outcome: Outcome) -> None:
        """The first outcome counts; *abandoned* is a guess, which another process may know better."""
        row = {
            "of": sid,
            "ended_at": now(),
            "outcome": outcome.kind,
            "reason": outcome.reason,
            "last_words": outcome.last_words,
            "then": outcome.then.plain() if outcome.then else None,
        }
        self._writer.put(Write(self._statements.end, row), urgent=True)
        if outcome.kind not in PROVISIONAL:
            self.note(sid, state=None)  # nobody goes on with it

    # What may be asked.

    async def outcome(self, sid: str) -> Outcome | None:
        """How a call ended, if it has."""
        row = await self.call(sid)
        if row is None or row.outcome is None:
            return None
        return Outcome(row.outcome, row.reason, row.last_words, Then.of(row.then))

    async def resumed(self, sid: str) -> Resumed:
        """What is needed to go on with a call that another process has begun."""
        row = await self.call(sid)
        turns = [turn_of(turn) for turn in row.turns] if row else []
        if row is None or not row.state:
            return Resumed.of_turns(turns)
        return Resumed.of(row.state, turns[-1] if turns else Turn(index=0))

    async def left(self) -> Sequence[Left]:
        """Calls of the last day that have not ended, or that some process has given up or handed over."""
        goes_on = or_(CallRow.ended_at.is_(None), CallRow.outcome.in_((ABANDONED.kind, HANDED_OVER.kind)))
        query = select(CallRow.sid, CallRow.line, CallRow.state)
        query = query.where(goes_on, CallRow.state.is_not(None), CallRow.started_at > now() - LIVE)
        async with self._sessions() as session:
            return [Left(sid, line, state or {}) for sid, line, state in await session.execute(query)]

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


def _tool(tool: ToolCall) -> dict[str, Any]:
    result = {} if tool.result is None else {"result": tool.result}
    at = {} if tool.at_ms is None else {"at_ms": tool.at_ms}
    return {"name": tool.name, "arguments": tool.arguments, **at, **result}


def turn_of(row: TurnRow) -> Turn:
    """A turn as it was told."""
    told = {name: getattr(row, name) for name in PLAIN}
    tools = tuple(ToolCall(**tool) for tool in row.tools)
    return Turn(**told, tools=tools, latency=waterfall(row), stage=row.stage or "")


def _turn_row(sid: str, turn: Turn) -> dict[str, Any]:
    latency = turn.latency
    return {
        "call_sid": sid,
        "index": turn.index,
        "at": now(),
        "caller": turn.caller,
        "agent": turn.agent,
        "interrupted": turn.interrupted,
        "stage": turn.stage or None,
        "caller_at_ms": turn.caller_at_ms,
        "agent_at_ms": turn.agent_at_ms,
        "tools": [_tool(tool) for tool in turn.tools],
        "total_ms": latency and latency.total,
        **{f"{name}_ms": latency and getattr(latency, name) for name in (*SEGMENTS, "played")},
    }
