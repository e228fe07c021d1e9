"""DBOS, as campaigns use it: durable queues that pace attempts, and workflows that survive the process.

One workflow an attempt, on the campaign's queue, under the attempt's id. The queue holds back what would be
too fast or too much at once, also across restarts, for it counts what its database says. A workflow has no
steps: what it does is kept by the dial's row and the attempt's row, so it may be begun again from the top; a
step would keep it a second time, at thrice the cost.

DBOS runs on a loop and threads of its own, one set a process. Its functions are never awaited on ours: they
would give our loop DBOS's executor.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from dbos import DBOS, SetWorkflowID
from loguru import logger

from trunkline.campaigns.campaign import Campaign, State

NAME = "trunkline"

VERSION = "1"
"""Of the workflow below. DBOS recovers workflows of its own version only; by itself it would take a hash of
the code, and forget what was begun before an upgrade."""

EXECUTOR = "campaigns"
"""One process at a time drives campaigns (:mod:`trunkline.campaigns.lock`), so whatever was begun under that
name is for the one that has the lock."""

THREADS = 8
"""For DBOS's database."""

Attempt = Callable[[str], Awaitable[None]]
"""Makes the attempt of that id, and returns when it is over."""

_serving: "Engine | None" = None
"""DBOS is one a process, and so is this."""


@DBOS.workflow(name="attempt", max_recovery_attempts=None)
async def attempt(id: str) -> None:  # noqa: A002
    """One attempt, on DBOS's loop; done on ours."""
    if _serving is None:
        raise asyncio.CancelledError  # being destroyed: stays pending, for the next process
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_serving.make(id), _serving.loop))


class Engine:
    """DBOS while a process drives campaigns.

    Args:
        url: SQLAlchemy URL of its database, of a synchronous driver.
    """

    def __init__(self, url: str) -> None:
        self.loop = asyncio.get_running_loop()
        self._url = url
        self._make: Attempt | None = None
        self._paces: dict[str, tuple[Any, ...]] = {}

    async def start(self, make: Attempt) -> None:
        """Launch DBOS; attempts that the last process began are made again at once.

        Args:
            make: makes an attempt.
        """
        global _serving
        self._make, _serving = make, self
        _hand_logs_over()
        await asyncio.to_thread(self._launch)

    async def close(self) -> None:
        """Stop; attempts that go on stay pending."""
        global _serving
        _serving = None
        await asyncio.to_thread(DBOS.destroy)

    async def make(self, id: str) -> None:  # noqa: A002
        """What the workflow does."""
        if self._make is not None:
            await self._make(id)

    async def pace(self, campaign: Campaign) -> None:
        """Let a campaign's queue run as fast as the campaign says; not at all while it is paused."""
        pace = (campaign.pacing, campaign.state)
        if self._paces.get(campaign.name) != pace:
            await asyncio.to_thread(_register, campaign)
            self._paces[campaign.name] = pace

    async def enqueue(self, campaign: str, ids: Iterable[str]) -> None:
        """Queue attempts; those that were queued before stay as they are."""
        await asyncio.to_thread(_enqueue, campaign, tuple(ids))

    def _launch(self) -> None:
        # In a thread, where no loop runs: DBOS would adopt the loop, and run its workflows there.
        _write_ahead(self._url)
        DBOS(
            config={
                "name": NAME,
                "system_database_url": self._url,
                "application_version": VERSION,
                "executor_id": EXECUTOR,
                "max_executor_threads": THREADS,
                "log_level": "INFO",
                "run_migrations": True,
            }
        )
        DBOS.launch()


def _queue(campaign: str) -> str:
    return f"campaign-{campaign}"


def _register(campaign: Campaign) -> None:
    pacing = campaign.pacing
    limit = pacing.limit
    DBOS.register_queue(
        _queue(campaign.name),
        global_concurrency=pacing.at_once if campaign.state is State.RUNNING else 0,
        limiter=None if limit is None else {"limit": limit[0], "period": limit[1]},
        polling_interval_sec=pacing.glance,
        on_conflict="always_update",
    )


def _enqueue(campaign: str, ids: Iterable[str]) -> None:
    for id in ids:  # noqa: A001
        with SetWorkflowID(id):
            DBOS.enqueue_workflow(_queue(campaign), attempt, id)


def _write_ahead(url: str) -> None:
    """Have SQLite write its log ahead, which doubles what DBOS gets done; kept in the file."""
    import sqlite3
    from contextlib import closing

    from sqlalchemy import make_url

    where = make_url(url)
    if where.get_backend_name() == "sqlite" and where.database:
        with closing(sqlite3.connect(where.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


class _ToLoguru(logging.Handler):
    """DBOS's log in ours. What it says at INFO is of its own making, so it is DEBUG here."""

    def emit(self, record: logging.LogRecord) -> None:
        # What it says of its workflows when we stop it is not news either.
        is_news = record.levelno >= logging.WARNING and _serving is not None
        level = "WARNING" if is_news else "DEBUG"
        logger.log(level, "DBOS: {}", record.getMessage())


def _hand_logs_over() -> None:
    log = logging.getLogger("dbos")
    log.propagate = False
    # It adds a handler of its own where it finds none.
    log.handlers = [_ToLoguru()]
