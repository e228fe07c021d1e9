"""Drives the campaigns of a server's lines, whenever there are any and no other process does."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from trunkline.campaigns import queues
from trunkline.campaigns.campaign import State
from trunkline.campaigns.lock import Lock
from trunkline.campaigns.store import CampaignStore
from trunkline.errors import TrunklineError
from trunkline.line import Line
from trunkline.outbound.dialler import Dialler
from trunkline.settings import Settings

if TYPE_CHECKING:
    from trunkline.server.service import Service

LOOK = 5.0
"""Seconds between looks for campaigns, and for whether the process that drove them still does."""

CHECK = 2.0
"""Seconds between checks of whether this process may still drive."""


class Standby:
    """``async with Standby(...)`` beside a running server.

    DBOS is imported and launched when there is something to drive, and let go of when there is not. One
    process drives; the others, with the same store, take over when it stops or dies.

    Args:
        settings: the process's.
        dialler: the server's.
        lines: those that it serves.
        engine: of the call store.
        look: seconds between looks.
    """

    def __init__(
        self,
        settings: Settings,
        dialler: Dialler,
        lines: Iterable[Line],
        engine: AsyncEngine,
        *,
        look: float = LOOK,
    ) -> None:
        self.is_driving = False
        """Whether it is this process that drives."""
        self._settings = settings
        self._dialler = dialler
        self._lines: Mapping[str, Line] = {line.name: line for line in lines}
        self._engine = engine
        self._store = CampaignStore(engine)
        self._lock = Lock(engine)
        self._look = look
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Standby":
        self._task = asyncio.create_task(self._run(), name="campaigns-standby")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                if await self._is_wanted() and await self._lock.take():
                    await self._drive()
            except (SQLAlchemyError, OSError) as error:
                logger.error("campaigns wait for the database: {}", type(error).__name__)
            except TrunklineError as error:
                logger.error("campaigns wait: {}", error)
            await asyncio.sleep(self._look)

    async def _drive(self) -> None:
        """Until there is nothing left to do, or this process may not do it any more."""
        from trunkline.campaigns.driver import Driver
        from trunkline.campaigns.engine import Engine  # imports DBOS: a second, for those who have campaigns
        from trunkline.campaigns.telephone import Telephone

        telephone = Telephone(self._dialler, self._lines, self._engine)
        driver = Driver(
            self._store,
            telephone,
            Engine(queues.address(self._settings)),
            self._lines,
            opening=telephone.opening,
        )
        try:
            async with driver:
                self.is_driving = True
                logger.info("this process drives the campaigns")
                while await self._lock.holds() and await self._is_wanted():  # noqa: ASYNC110 -- asks a database
                    await asyncio.sleep(CHECK)
        finally:
            self.is_driving = False
            await self._lock.release()

    async def _is_wanted(self) -> bool:
        """Whether a line of ours has a campaign that is not done, and calls are still made here."""
        if self._dialler.board.closing:
            return False
        return any(
            campaign.line in self._lines and campaign.state is not State.DONE
            for campaign in await self._store.campaigns()
        )


def beside(service: "Service", *, look: float = LOOK) -> Standby:
    """The one of a running server."""
    lines = [plan.line for plan in service.plans]
    return Standby(service.settings, service.dialler, lines, service.store.engine, look=look)
