"""Attempts to call somebody, and whom not to call.

A row is committed before the carrier is asked, and never behind a queue: what a killed process has asked for
is known to the next.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from loguru import logger
from sqlalchemy import Executable, delete, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from trunkline.calls.models import DialRow, DoNotCallRow, now

STATUSES = ("requested", "ringing", "answered", "ended", "unknown", "refused")
"""*unknown*: the carrier was asked and did not answer, so there may be a call. *refused*: there is none."""

EARLIER = {
    "requested": ("unknown",),
    "ringing": ("requested", "unknown"),
    "answered": ("requested", "unknown", "ringing"),
    "ended": ("requested", "unknown", "ringing", "answered"),
    "unknown": ("requested",),
    "refused": ("requested", "unknown"),
}
"""What each may follow: the carrier's news come twice, and in any order."""

OVER = ("ended", "refused")

OUTCOMES = (
    "answered-human",
    "answered-machine",
    "voicemail-left",
    "busy",
    "no-answer",
    "failed",
    "canceled",
)

ATTEMPTS = 5
RETRY_AFTER = 0.2
"""Seconds, doubled at each attempt: SQLite is locked while another process writes."""


class Dials:
    """The ``dials`` and ``do_not_call`` tables.

    Args:
        sessions: of the call store.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def create(self, row: DialRow) -> bool:
        """Keep a new attempt, with its ``claim``; whether nobody else has claimed that number."""
        row.created_at, row.status, row.error = now(), "requested", ""
        try:
            async with self._sessions.begin() as session:
                session.add(row)
        except IntegrityError:
            return False
        return True

    async def get(self, dial: str) -> DialRow | None:
        async with self._sessions() as session:
            return await session.get(DialRow, dial)

    async def of_call(self, sid: str) -> DialRow | None:
        """The attempt that has become a call."""
        return await self._one(DialRow.sid == sid)

    async def claimed(self, number: str) -> DialRow | None:
        """The attempt at this number that is not over."""
        return await self._one(DialRow.claim == number)

    async def latest(self, limit: int = 20, campaign: str | None = None) -> Sequence[DialRow]:
        """Latest first."""
        query = select(DialRow).order_by(DialRow.created_at.desc()).limit(limit)
        if campaign is not None:
            query = query.where(DialRow.campaign == campaign)
        async with self._sessions() as session:
            return (await session.execute(query)).scalars().all()

    async def advance(self, dial: str, status: str, **columns: Any) -> bool:
        """A later status, unless there is one that is later still; whether it was news.

        Args:
            dial: which.
            status: one of :data:`STATUSES`.
            columns: what else is known now.
        """
        if status in OVER:
            columns = {"claim": None, "ended_at": now(), **columns}
        news = update(DialRow).where(DialRow.id == dial, DialRow.status.in_(EARLIER[status]))
        return await self._write(news.values(status=status, **columns)) > 0

    async def is_call(self, dial: str, sid: str) -> None:
        """What the carrier calls it; the first name counts."""
        known = update(DialRow).where(DialRow.id == dial)
        await self._write(known.values(sid=func.coalesce(DialRow.sid, sid)))

    async def was_answered_by(self, dial: str, who: str) -> None:
        await self._write(update(DialRow).where(DialRow.id == dial).values(answered_by=who))

    # Whom not to call.

    async def block(self, number: str, reason: str = "") -> bool:
        """Do not call this number any more; whether that is new."""
        try:
            async with self._sessions.begin() as session:
                session.add(DoNotCallRow(number=number, added_at=now(), reason=reason))
        except IntegrityError:
            return False
        return True

    async def allow(self, number: str) -> bool:
        """Take a number off the list; whether it was on it."""
        return await self._write(delete(DoNotCallRow).where(DoNotCallRow.number == number)) > 0

    async def is_blocked(self, number: str) -> bool:
        async with self._sessions() as session:
            return await session.get(DoNotCallRow, number) is not None

    async def blocked(self) -> Sequence[DoNotCallRow]:
        """All of the list, latest first."""
        async with self._sessions() as session:
            query = select(DoNotCallRow).order_by(DoNotCallRow.added_at.desc())
            return (await session.execute(query)).scalars().all()

    async def _one(self, condition: Any) -> DialRow | None:
        query = select(DialRow).where(condition).order_by(DialRow.created_at.desc()).limit(1)
        async with self._sessions() as session:
            return (await session.execute(query)).scalar_one_or_none()

    async def _write(self, statement: Executable) -> int:
        """Commit it; how many rows it has changed.

        Raises:
            OperationalError: the database could not, several times.
        """
        wait = RETRY_AFTER
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._commit(statement)
            except OperationalError as error:
                logger.warning("the table of dials is locked ({})", type(error.orig).__name__)
                await asyncio.sleep(wait)
                wait *= 2
        return await self._commit(statement)

    async def _commit(self, statement: Executable) -> int:
        async with self._sessions.begin() as session:
            return int((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]


def since(row: DialRow, at: datetime) -> float:
    """Seconds from the attempt to a time; SQLite forgets the zone."""
    created = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=at.tzinfo)
    return (at - created).total_seconds()
