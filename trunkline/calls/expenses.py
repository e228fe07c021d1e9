"""What kept calls have cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from trunkline.calls.models import CallRow
from trunkline.calls.summary import aware


@dataclass(frozen=True, slots=True)
class Expense:
    """Of one call."""

    line: str
    started_at: datetime
    seconds: float
    """0 while it goes on."""
    usd: float | None
    """None where nobody counted."""
    cost: Mapping[str, float]
    """By what it is for."""


class Expenses:
    """Those of all calls in a store."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def spent(self, line: str, since: datetime) -> float:
        """US dollars that the calls of a line have cost that began since then, in all processes."""
        query = select(func.sum(CallRow.cost_usd)).where(CallRow.line == line, CallRow.started_at >= since)
        async with self._sessions() as session:
            return float((await session.execute(query)).scalar() or 0.0)

    async def since(self, since: datetime, line: str | None = None) -> Sequence[Expense]:
        """Of each call that began since then, the latest first."""
        columns = (CallRow.line, CallRow.started_at, CallRow.ended_at, CallRow.cost_usd, CallRow.cost)
        query = select(*columns).where(CallRow.started_at >= since).order_by(CallRow.started_at.desc())
        if line is not None:
            query = query.where(CallRow.line == line)
        async with self._sessions() as session:
            return [_expense(*row) for row in (await session.execute(query)).all()]


def _expense(line: str, started: datetime, ended: datetime | None, usd: float | None, cost: Any) -> Expense:
    seconds = (aware(ended) - aware(started)).total_seconds() if ended else 0.0
    return Expense(line, aware(started), seconds, usd, cost or {})
