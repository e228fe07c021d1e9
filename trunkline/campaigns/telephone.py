"""A campaign's calls through the server's own dialler, and what the carrier says of them."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from loguru import logger
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from trunkline.calls.dials import OVER, since
from trunkline.calls.models import DialRow
from trunkline.calls.models import now as wall_clock
from trunkline.campaigns.campaign import Due
from trunkline.campaigns.dials import Ended, Full
from trunkline.campaigns.retries import LOST, POSTPONED
from trunkline.errors import CarrierError, DialRefused, SettingsError
from trunkline.line import Line
from trunkline.outbound.dialler import Dialler
from trunkline.outbound.hours import zones_of
from trunkline.outbound.manners import Outbound

REFUSED, UNKNOWN = "refused", "unknown"
"""Outcomes of attempts that the line did not allow, and of which the carrier never said anything."""

NOT_NOW = ("hours", "budget", "under-way", "origin")
"""Reasons for which an attempt is made later."""

SOON = timedelta(seconds=30)
"""Until an attempt that could not be made now."""

SILENT = 90.0
"""Seconds after which the carrier is asked for a call of which nothing was heard: its own news come once, and
are lost when nobody listens."""

ASK_EVERY = 60.0
"""Seconds between such questions for one call."""

ASK_MOST = 5
"""Questions at a time."""

MARGIN = 3600.0
"""Seconds, beyond ringing and the longest call, after which there can be no call any more, whatever became of
it: carriers keep orders in a queue."""

NUMBERS = frozenset({21211, 21214, 21215, 21216, 21217, 21219})
"""Twilio's codes for a number that it does not call; the next one may do."""

COLUMNS = (DialRow.id, DialRow.status, DialRow.outcome, DialRow.sid, DialRow.created_at, DialRow.error)


class Telephone:
    """:class:`trunkline.campaigns.dials.Dials` on a server.

    Args:
        dialler: of the server.
        lines: those that it serves, by name.
        engine: of the call store.
        now: the time of day.
    """

    def __init__(
        self,
        dialler: Dialler,
        lines: Mapping[str, Line],
        engine: AsyncEngine,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._dialler = dialler
        self._lines = lines
        self._engine = engine
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._asked: dict[str, float] = {}
        self._spent: dict[str, datetime] = {}
        """When lines may spend again whose budget for the day is spent."""

    def opening(self, line: str, number: str, at: datetime) -> datetime | None:
        """When a line may call a number next; None for at once, or when nobody can say."""
        caller, spent_until = self._lines[line], self._spent.get(line)
        if spent_until is not None and spent_until > at:
            return spent_until
        hours = (caller.outbound or Outbound()).hours
        if hours is None:
            return None
        zones = zones_of(number) or zones_of(caller.number)
        opens = hours.next(at, zones)
        return opens if opens is not None and opens > at else None

    async def dial(self, due: Due) -> Ended | None:
        if await self._dialler.attempt(due.id) is not None:
            return None  # it was begun before
        try:
            await self._dialler.dial(
                self._lines[due.line],
                due.number,
                data=due.data,
                campaign=due.campaign,
                contact=str(due.contact),
                id=due.id,
            )
        except DialRefused as error:
            return await self._not_allowed(due, error)
        except SettingsError as error:
            return Ended(POSTPONED, reason=str(error), again_at=self._now() + SOON, halt=str(error))
        except CarrierError as error:
            return self._refused(error)
        return None

    async def ended(self, ids: Collection[str]) -> Mapping[str, Ended]:
        if not ids:
            return {}
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(*COLUMNS).where(DialRow.id.in_(ids)))).all()
        over = {row.id: _ended(row) for row in rows if row.status in OVER}
        await self._ask([row for row in rows if row.id not in over])
        return over | {row.id: Ended(UNKNOWN, row.sid) for row in rows if self._is_past(row)}

    async def _not_allowed(self, due: Due, error: DialRefused) -> Ended | None:
        """What becomes of an attempt for which the carrier was not asked."""
        if error.reason == "full":
            raise Full
        if error.reason == "under-way" and await self._dialler.attempt(due.id) is not None:
            return None  # by another process, at this moment
        if error.reason == "budget" and error.again_at is not None:
            self._spent[due.line] = error.again_at  # the rest of the list waits without an attempt
        if error.reason in NOT_NOW:
            again_at = error.again_at or self._now() + SOON
            return Ended(POSTPONED, reason=str(error), again_at=again_at)
        return Ended(REFUSED, reason=str(error))

    def _refused(self, error: CarrierError) -> Ended:
        """What becomes of an attempt that the carrier has refused."""
        if error.code in NUMBERS:
            return Ended(REFUSED, reason=str(error))
        again_at = self._now() + SOON
        # Out of reach, or too busy: that passes. What else it refuses, it refuses for everybody on the list.
        passes = error.status == 0 or error.is_busy
        return Ended(POSTPONED, reason=str(error), again_at=again_at, halt="" if passes else str(error))

    async def _ask(self, rows: Collection[Any]) -> None:
        """Ask the carrier for calls that have long been silent; what it says is kept, and found next time."""
        time, now = self._loop.time(), self._now()
        self._asked = {id: at for id, at in self._asked.items() if id in {row.id for row in rows}}  # noqa: A001
        silent = [
            row.id
            for row in rows
            if since(row, now) > SILENT and time - self._asked.get(row.id, -ASK_EVERY) >= ASK_EVERY
        ]
        for id in silent[:ASK_MOST]:  # noqa: A001
            self._asked[id] = time
            try:
                await self._dialler.settle(id)
            except SettingsError as error:
                logger.warning("the carrier cannot be asked for dial {}: {}", id, error)

    def _is_past(self, row: Any) -> bool:
        """Whether any call that may have come of an attempt must be over."""
        if row.status in OVER:
            return False
        longest = max((line.max_seconds for line in self._lines.values()), default=MARGIN)
        ring = max(((line.outbound or Outbound()).ring_seconds for line in self._lines.values()), default=0)
        return since(row, self._now()) > ring + longest + MARGIN


def _ended(row: Any) -> Ended:
    if row.status == "refused":
        # Whoever asked for it died before saying what was refused: nobody's telephone rang.
        return Ended(LOST, reason=row.error)
    return Ended(row.outcome or UNKNOWN, row.sid, row.error)
