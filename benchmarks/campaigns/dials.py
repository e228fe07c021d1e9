"""Calls through the carrier's process, kept in the store's own table of dials."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from benchmarks.campaigns.carrier import LONGEST
from benchmarks.campaigns.link import Link
from trunkline.calls.dials import OVER, since
from trunkline.calls.dials import Dials as Table
from trunkline.calls.models import DialRow, now
from trunkline.campaigns.campaign import Due
from trunkline.campaigns.dials import Ended

SAFE = 2.0 + LONGEST
"""Seconds after which an order that nobody answered has no call any more."""

ASK_AFTER = 1.5
"""Seconds after which the carrier is asked for a call whose end it has not told."""

LIVE = ("in-progress", None)

COLUMNS = (DialRow.id, DialRow.status, DialRow.outcome, DialRow.sid, DialRow.created_at)


class CarrierDials:
    """Places calls as a real server does: the row first, the order then, and never the order twice."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._table = Table(async_sessionmaker(engine, expire_on_commit=False))
        self._tasks: set[asyncio.Task[Any]] = set()
        self.link: Link

    async def dial(self, due: Due) -> Ended | None:
        row = DialRow(
            id=due.id,
            line=due.line,
            number=due.number,
            data=due.data,
            campaign=due.campaign,
            contact=str(due.contact),
            claim=due.number,
        )
        if not await self._table.create(row):
            return None  # it was begun before
        answer = await self.link.ask("create", id=due.id, to=due.number)
        await self._table.is_call(due.id, answer["sid"])
        return None

    def told(self, news: dict[str, Any]) -> None:
        """A call has ended."""
        columns = {"outcome": news["outcome"], "sid": news["sid"]}
        task = asyncio.create_task(self._table.advance(news["ended"], "ended", **columns))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ended(self, ids: Collection[str]) -> Mapping[str, Ended]:
        if not ids:
            return {}
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(*COLUMNS).where(DialRow.id.in_(ids)))).all()
        over = {}
        for row in rows:
            if row.status in OVER or await self._is_over(row):
                over[row.id] = Ended(row.outcome or "unknown", row.sid)
        return over

    async def _is_over(self, row: Any) -> bool:
        """Look after a call of which nothing was heard. Whether it is over, and nobody knows how."""
        silent = since(row, now())
        if row.sid is None and silent > SAFE:
            return await self._table.advance(row.id, "refused")
        if row.sid is not None and silent > ASK_AFTER:
            status = (await self.link.ask("status", sid=row.sid))["status"]
            if status not in LIVE:
                await self._table.advance(row.id, "ended", outcome=status)
        return False
