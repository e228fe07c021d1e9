"""What lines have spent today, and whether they may spend more."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from loguru import logger

from trunkline.costs.budget import WARNS_AT
from trunkline.line import Line
from trunkline.overflow import LastAnswer, Queue, SayAndHangUp

FRESH = 60.0
"""Seconds for which it is known by heart what the calls of all processes have cost."""

Sum = Callable[[str, datetime], Awaitable[float]]
"""Dollars that the calls of a line, by its name, have cost that began since then."""


@dataclass(slots=True)
class _Day:
    day: date
    asked_at: float
    spent: float
    warned: float = 0.0
    """Share of the budget that the log has told of."""


class Spending:
    """Of one process, which knows from the store what the others have spent.

    Args:
        ask: the store.
        now: the wall clock.
    """

    def __init__(self, ask: Sum, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._ask = ask
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._days: dict[str, _Day] = {}

    async def refuses(self, line: Line, sid: str, known: Collection[str]) -> LastAnswer | None:
        """What a new caller hears when the day's budget is spent; None if there is some left.

        A store that does not answer lets calls through: a dead line costs more.

        Args:
            line: that is called.
            sid: the call.
            known: calls that are here already, and go on whatever they cost.
        """
        if sid in known or await self.spent_until(line) is None:
            return None
        logger.info("call {} is not taken: the budget of {} is spent", sid, line.name)
        if line.budget is not None and line.budget.words is not None:
            return SayAndHangUp(line.budget.words)
        return line.when_full.then if isinstance(line.when_full, Queue) else line.when_full

    async def spent_until(self, line: Line) -> datetime | None:
        """When the next day begins for a line that has spent today's budget; None if there is some left."""
        budget = line.budget
        if budget is None or budget.per_day is None:
            return None
        spent = await self._spent(line, budget.zone)
        self._tell(line, spent / budget.per_day)
        if spent < budget.per_day:
            return None
        tomorrow = self._now().astimezone(ZoneInfo(budget.zone)) + timedelta(days=1)  # by its calendar
        return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    async def _spent(self, line: Line, zone: str) -> float:
        today = self._now().astimezone(ZoneInfo(zone))
        known = self._days.get(line.name)
        if known is not None and known.day == today.date() and self._loop.time() - known.asked_at < FRESH:
            return known.spent
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            spent = await self._ask(line.name, midnight.astimezone(UTC))
        except Exception as error:
            logger.warning("what {} has spent today is not known ({})", line.name, type(error).__name__)
            return known.spent if known is not None and known.day == today.date() else 0.0
        warned = known.warned if known is not None and known.day == today.date() else 0.0
        self._days[line.name] = _Day(today.date(), self._loop.time(), spent, warned)
        return spent

    def _tell(self, line: Line, share: float) -> None:
        """Once a day at four fifths, and once when it is spent."""
        day = self._days.get(line.name)
        for level in (1.0, WARNS_AT):
            if day is not None and day.warned < level <= share:
                day.warned = level
                logger.warning("{:.0%} of the budget of {} for today is spent", min(share, 9.99), line.name)
                return
