"""Deletes what kept calls tell of people: words, tools, numbers, states and recordings. Their figures stay.

SQLite overwrites what is deleted (``secure_delete``), and its log is cut short when a purge is done.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from loguru import logger
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    delete,
    event,
    exists,
    false,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from trunkline.calls.models import CallRow, DialRow, TurnRow, now
from trunkline.calls.summary import aware
from trunkline.recording import folder

BATCH = 200
"""Calls in one transaction; others can write between two."""

LIVE = timedelta(days=1)
"""A call without an end that began so long ago goes on no more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls; all that is given has to hold."""

    calls: tuple[str, ...] = ()
    """Ids, or their first letters; empty for any."""
    before: datetime | None = None
    """Those that began before then."""
    line: str | None = None
    caller: str | None = None
    """E.164."""
    again: bool = False
    """Also those that were purged before."""

    def named(self, sid: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Whether a column has the id of one of ``calls``."""
        return or_(false(), *(sid.startswith(letters, autoescape=True) for letters in self.calls))

    def where(
        self,
        *,
        at: SQLColumnExpression[Any],
        line: SQLColumnExpression[Any],
        number: SQLColumnExpression[Any],
    ) -> list[ColumnElement[bool]]:
        """What a table's columns have to hold, but for ``calls`` and ``again``."""
        found: list[ColumnElement[bool]] = []
        if self.before is not None:
            found.append(at < self.before)
        if self.line is not None:
            found.append(line == self.line)
        if self.caller is not None:
            found.append(number == self.caller)
        return found


@dataclass(frozen=True, slots=True)
class Doomed:
    """A call that is to be purged."""

    sid: str
    line: str
    started_at: datetime
    recording: str | None
    voicemail: str | None


class Purge:
    """Deletes from one store.

    Args:
        engine: of the store.
        sessions: of the store.
    """

    def __init__(self, engine: AsyncEngine, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._engine = engine
        self._sessions = sessions

    async def matching(self, wanted: Wanted) -> list[Doomed]:
        """The calls that are over and wanted, oldest first."""
        columns = (CallRow.sid, CallRow.line, CallRow.started_at, CallRow.recording, CallRow.voicemail)
        query = select(*columns).where(*_conditions(wanted)).order_by(CallRow.started_at)
        async with self._sessions() as session:
            rows = (await session.execute(query)).all()
        return [Doomed(sid, line, aware(at), sound, message) for sid, line, at, sound, message in rows]

    async def purge(self, doomed: Sequence[Doomed], *, whole: bool = False) -> None:
        """Delete what these calls tell; their recordings must be gone already.

        Args:
            doomed: a batch of them.
            whole: their figures, too.
        """
        sids = [call.sid for call in doomed]
        async with self._engine.begin() as connection:
            dials = update(DialRow).where(DialRow.sid.in_(sids), DialRow.ended_at.is_not(None))
            await connection.execute(dials.values(number="", data={}, claim=None, error=""))
            if whole:
                await connection.execute(delete(TurnRow).where(TurnRow.call_sid.in_(sids)))
                await connection.execute(delete(CallRow).where(CallRow.sid.in_(sids)))
                return
            turns = update(TurnRow).where(TurnRow.call_sid.in_(sids))
            await connection.execute(turns.values(caller="", agent="", tools=[], stage=None))
            emptied = dict.fromkeys(("then", "state", "recording", "voicemail"))
            calls = update(CallRow).where(CallRow.sid.in_(sids))
            values: dict[str, Any] = {**emptied, "caller": "", "last_words": "", "purged_at": now()}
            await connection.execute(calls.values(**values))

    async def purge_dials(self, wanted: Wanted) -> None:
        """Delete whom we tried to call when no call came of it that is kept."""
        kept = exists().where(CallRow.sid == DialRow.sid)
        dials = update(DialRow).where(DialRow.ended_at.is_not(None), DialRow.number != "", ~kept)
        dials = dials.where(*wanted.where(at=DialRow.created_at, line=DialRow.line, number=DialRow.number))
        if wanted.calls:
            dials = dials.where(wanted.named(DialRow.sid))
        async with self._engine.begin() as connection:
            await connection.execute(dials.values(number="", data={}, claim=None, error=""))

    async def settle(self, *, compact: bool = False) -> bool:
        """Leave no trace of what was deleted in the database's files.

        Args:
            compact: rewrite the whole file, of which an older version may have left parts unused.

        Returns:
            Whether that was done; another process may use the file. Other databases than SQLite do it in
            their own time.
        """
        if self._engine.dialect.name != "sqlite":
            return False
        try:
            async with self._engine.connect() as connection:
                bare = await connection.execution_options(isolation_level="AUTOCOMMIT")
                if compact:
                    await bare.execute(text("VACUUM"))
                busy, *_ = (await bare.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
                return not busy
        except SQLAlchemyError as error:
            logger.debug("the store's file was not settled: {}", type(error).__name__)
            return False


def overwrites(engine: AsyncEngine) -> None:
    """Have SQLite overwrite what is deleted or replaced, in each connection of a store."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine.sync_engine, "connect")
    def _ask(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()


def without_recording(doomed: Doomed, recordings: Path) -> bool:
    """Delete a call's recording; whether none is left. Reads and writes files."""
    if doomed.recording is None:
        return True
    with suppress(ValueError, OSError):
        folder.delete(recordings, doomed.recording)
        return True
    logger.error("call {}: its recording cannot be deleted, so it is not purged", doomed.sid)
    return False


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [or_(CallRow.ended_at.is_not(None), CallRow.started_at < now() - LIVE)]
    if not wanted.again:
        found.append(CallRow.purged_at.is_(None))
    if wanted.calls:
        found.append(wanted.named(CallRow.sid))
    return [*found, *wanted.where(at=CallRow.started_at, line=CallRow.line, number=CallRow.caller)]
