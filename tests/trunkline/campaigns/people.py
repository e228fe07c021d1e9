"""What tests of campaigns share: a store, a campaign of some people, and who calls them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trunkline.calls.store import CallStore
from trunkline.campaigns.campaign import Campaign, Due, State
from trunkline.campaigns.contacts import Contact
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.retries import Retries, Retry
from trunkline.campaigns.store import CampaignStore

NOON = datetime(2024, 3, 4, 12, 0, tzinfo=UTC)
NAME = "recall"
RETRIES = Retries({"busy": Retry(2, 600.0), "no-answer": Retry(1, 7200.0)}, attempts=3)


def number(index: int) -> str:
    return f"+1202555{index:04d}"


def people(count: int) -> list[Contact]:
    return [Contact(number(index), {"name": f"Person {index}"}) for index in range(count)]


def campaign(**values: object) -> Campaign:
    return Campaign(**{"name": NAME, "line": "desk", "pacing": Pacing(None, 2), "retries": RETRIES, **values})  # type: ignore[arg-type]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[CallStore]:
    store = CallStore(f"sqlite+aiosqlite:///{folder}/calls.db")
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def kept(folder: Path, count: int, **values: object) -> AsyncIterator[CampaignStore]:
    """A store with a campaign of so many people."""
    async with opened(folder) as store:
        campaigns = CampaignStore(store.engine)
        await campaigns.create(campaign(**values), people(count), NOON)
        yield campaigns


class Clock:
    """The time of day, which moves when it is told to."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Telephone:
    """Calls whose outcome the test tells."""

    def __init__(self) -> None:
        self.rings: list[str] = []
        """Numbers that were called, in order."""
        self.live: dict[str, Due] = {}
        self.over: dict[str, Ended] = {}
        self.answer: Callable[[Due], Ended | None] = lambda due: None
        """What is known of a call at once."""
        self.begun: set[str] = set()

    async def dial(self, due: Due) -> Ended | None:
        if due.id in self.begun:
            return None
        known = self.answer(due)
        self.begun.add(due.id)
        self.rings.append(due.number)
        if known is None:
            self.live[due.id] = due
        return known

    async def ended(self, ids: Collection[str]) -> Mapping[str, Ended]:
        return {one: self.over[one] for one in ids if one in self.over}

    def end(self, outcome: str, called: str | None = None) -> None:
        """End the call to a number, or all."""
        for one, due in list(self.live.items()):
            if called in (None, due.number):
                self.over[one] = Ended(outcome, sid=f"CA{len(self.over)}")
                del self.live[one]


class Desk:
    """Queues without a database: attempts begin in order, as many as fit at once."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self.paces: dict[str, Campaign] = {}
        self._make: Callable[[str], Awaitable[None]] | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self, make: Callable[[str], Awaitable[None]]) -> None:
        self._make = make

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def pace(self, campaign: Campaign) -> None:
        self.paces[campaign.name] = campaign
        self._next()

    async def enqueue(self, campaign: str, ids: Iterable[str]) -> None:
        self.queued += [one for one in ids if one not in self.queued and one not in self._tasks]
        self._next()

    def _next(self) -> None:
        for pace in self.paces.values():
            running = [task for task in self._tasks.values() if not task.done()]
            room = pace.pacing.at_once - len(running) if pace.state is State.RUNNING else 0
            for one in self.queued[: max(0, room)]:
                assert self._make is not None
                self.queued.remove(one)
                self._tasks[one] = asyncio.ensure_future(self._make(one))
