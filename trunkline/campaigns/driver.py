"""Drives campaigns: makes attempts ready when they are due, has them made, and keeps what came of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from trunkline.calls.models import now as wall_clock
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.dials import Dials, Ended, Full
from trunkline.campaigns.store import CampaignStore

GLANCE = 0.5
"""Seconds between looks at what is due and what is over."""

AGAIN, LONGEST = 1.0, 30.0
"""Seconds between attempts to do what failed, doubled up to a limit: a database is away, say."""

DIALLING_LIMIT = 20.0
"""Seconds that a stop waits for the carrier's answers: without them nobody knows whether there is a call."""

Opening = Callable[[str, str, datetime], datetime | None]
"""By a line's name, a number and a time: when it may be called next; None for at once."""

Attempt = Callable[[str], Awaitable[None]]


class Queues(Protocol):
    """What holds attempts back until it is their turn: :class:`trunkline.campaigns.engine.Engine`."""

    async def start(self, make: Attempt) -> None: ...
    async def close(self) -> None: ...
    async def pace(self, campaign: Campaign) -> None: ...
    async def enqueue(self, campaign: str, ids: Iterable[str]) -> None: ...


class Driver:
    """Runs the campaigns of some lines. ``async with Driver(...)``; one at a time for a store.

    Args:
        store: of the campaigns.
        dials: places the calls.
        queues: holds them back.
        lines: names of the lines that it can call from.
        opening: a line's outbound hours.
        now: the time of day.
    """

    def __init__(
        self,
        store: CampaignStore,
        dials: Dials,
        queues: Queues,
        lines: Iterable[str],
        *,
        opening: Opening = lambda line, number, at: None,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._store = store
        self._dials = dials
        self._queues = queues
        self._lines = frozenset(lines)
        self._opening = opening
        self._now = now
        self._live: dict[str, str] = {}
        self._waiting: dict[str, asyncio.Event] = {}
        self._dialling: set[asyncio.Task[bool]] = set()
        self._asking: set[str] = set()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Driver":
        self._live = dict(await self._store.live())
        await self._queues.start(self._make)
        try:
            await self._pace(await self._campaigns())
            await self._requeue()
        except BaseException:
            await self._queues.close()
            raise
        self._task = asyncio.create_task(self._run(), name="campaigns")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._dialling:
            await asyncio.wait(self._dialling, timeout=DIALLING_LIMIT)
        await self._queues.close()

    # The attempts, each in its workflow.

    async def _make(self, id: str) -> None:  # noqa: A002
        """One attempt, from the top, however often it was begun: call unless that was done, wait until it
        is over."""
        over = self._waiting.setdefault(id, asyncio.Event())
        wait = AGAIN
        try:
            while not self._closing and not await self._unhurt(id):
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await over.wait()
                        return
                wait = min(2 * wait, LONGEST)
            if self._closing:
                await asyncio.Event().wait()  # until the queues are closed: it stays theirs
            await over.wait()
        finally:
            self._waiting.pop(id, None)

    async def _unhurt(self, id: str) -> bool:  # noqa: A002
        """Try to call: a stop does not cut the request to the carrier short. Whether that is done."""
        dialling = asyncio.create_task(self._try(id))
        self._dialling.add(dialling)
        dialling.add_done_callback(self._dialling.discard)
        return await asyncio.shield(dialling)

    async def _try(self, id: str) -> bool:  # noqa: A002
        try:
            await self._dial_once(id)
        except Full:
            return False
        except (SQLAlchemyError, OSError) as error:
            # Safe to do again: what was begun is written down, and is not begun twice.
            logger.error("an attempt waits: {}", type(error).__name__)
            return False
        return True

    async def _dial_once(self, id: str) -> None:  # noqa: A002
        due = await self._store.due(id)
        if due is None:
            self._over([id])
            return
        if due.is_paused:
            raise Full  # it was let go at the very moment of the pause
        # What the dial says of itself counts for more than its row, which is read by `ended`.
        self._asking.add(id)
        try:
            ended = await self._dials.dial(due)
            if ended is not None:
                await self._settle({id: ended})
                await self._halt(due.campaign, ended.halt)
        finally:
            self._asking.discard(id)

    async def _halt(self, campaign: str, why: str) -> None:
        if why and await self._store.pause(campaign, why):
            logger.error("campaign {} is paused: {}", campaign, why)

    def _over(self, ids: Iterable[str]) -> None:
        for one in ids:
            self._live.pop(one, None)
            if one in self._waiting:
                self._waiting[one].set()

    # The loop beside them.

    async def _run(self) -> None:
        wait = AGAIN
        while True:
            try:
                await self._turn()
                wait = AGAIN
            except (SQLAlchemyError, OSError) as error:
                logger.error("campaigns wait: {}", type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST)
            await asyncio.sleep(GLANCE)

    async def _turn(self) -> None:
        await self._settle(await self._dials.ended(self._live.keys() - self._asking))
        campaigns = await self._campaigns()
        await self._pace(campaigns)
        for campaign in campaigns:
            if campaign.state is State.RUNNING:
                await self._feed(campaign)

    async def _campaigns(self) -> list[Campaign]:
        return [
            one
            for one in await self._store.campaigns()
            if one.line in self._lines and one.state is not State.DONE
        ]

    async def _pace(self, campaigns: Iterable[Campaign]) -> None:
        for campaign in campaigns:
            await self._queues.pace(campaign)

    async def _feed(self, campaign: Campaign) -> None:
        """Make ready what is due and fits."""
        live = sum(name == campaign.name for name in self._live.values())
        room = campaign.pacing.at_once + campaign.pacing.ahead - live
        if room > 0:
            await self._take(campaign, room)
        if not live:
            await self._finish(campaign)

    async def _take(self, campaign: Campaign, room: int) -> None:
        now = self._now()
        found = await self._store.waiting(campaign.name, room, now)
        closed = {
            contact: at
            for contact, number in found
            if (at := self._opening(campaign.line, number, now)) is not None
        }
        await self._store.postpone(closed)
        if len(found) > len(closed):
            ids = await self._store.take(campaign.name, len(found) - len(closed), now)
            self._live |= dict.fromkeys(ids, campaign.name)
            await self._queues.enqueue(campaign.name, ids)

    async def _requeue(self) -> None:
        """Queue what is under way: a process may have died before it did. What is queued stays."""
        of: dict[str, list[str]] = {}
        for one, name in self._live.items():
            of.setdefault(name, []).append(one)
        for name, ids in of.items():
            await self._queues.enqueue(name, ids)

    async def _finish(self, campaign: Campaign) -> None:
        if await self._store.finish(campaign.name, self._now()):
            logger.info("campaign {} is done", campaign.name)

    async def _settle(self, ended: Mapping[str, Ended]) -> None:
        if ended:
            await self._store.settle(ended, self._now())
            self._over(ended)
