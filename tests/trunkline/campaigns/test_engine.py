"""The engine: DBOS holds attempts back, and remembers them when the process dies.

On the machine's clock: DBOS has threads of its own, which know no other.
"""

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.trunkline.campaigns.people import NAME, campaign
from tests.trunkline.campaigns.postgresql import Server, needs_postgresql
from trunkline.campaigns.campaign import State
from trunkline.campaigns.engine import Engine
from trunkline.campaigns.pacing import Pacing

LIMIT = 20.0


class Attempts:
    """Attempts that go on until the test lets them end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.at: list[float] = []
        self.live = 0
        self.most = 0
        self.over = asyncio.Event()
        self.threads: set[int] = set()

    async def make(self, id: str) -> None:  # noqa: A002
        self.begun.append(id)
        self.at.append(time.monotonic())
        self.threads.add(threading.get_ident())
        self.live += 1
        self.most = max(self.most, self.live)
        try:
            await self.over.wait()
        finally:
            self.live -= 1


@asynccontextmanager
async def running(
    url: str, pacing: Pacing, state: State = State.RUNNING
) -> AsyncIterator[tuple[Engine, Attempts]]:
    engine, attempts = Engine(url), Attempts()
    await engine.start(attempts.make)
    try:
        await engine.pace(campaign(pacing=pacing, state=state))
        yield engine, attempts
    finally:
        await engine.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def goes(url: str) -> None:
    """So many at once, each once, on our loop; a pause holds them back; the next process goes on."""
    names = [f"{index:032x}" for index in range(6)]
    async with running(url, Pacing(None, 2)) as (engine, attempts):
        await engine.enqueue(NAME, names[:5])
        await engine.enqueue(NAME, names[:5])
        await until(lambda: len(attempts.begun) == 2)
        await asyncio.sleep(0.6)
        assert (attempts.most, attempts.threads) == (2, {threading.get_ident()})
    async with running(url, Pacing(None, 2)) as (engine, again):
        await engine.enqueue(NAME, names)
        await until(lambda: len(again.begun) == 2)
        assert sorted(again.begun) == sorted(attempts.begun)
        await engine.pace(campaign(pacing=Pacing(None, 2), state=State.PAUSED))
        await asyncio.sleep(0.6)
        again.over.set()
        await until(lambda: not again.live)
        await asyncio.sleep(0.6)
        assert len(again.begun) == 2
        await engine.pace(campaign(pacing=Pacing(None, 2)))
        await until(lambda: len(again.begun) == 6)
        assert sorted(again.begun) == names
        assert again.most == 2
    async with running(url, Pacing(None, 2)) as (engine, last):
        await engine.enqueue(NAME, names)
        await asyncio.sleep(0.6)
        assert last.begun == []


@pytest.mark.realtime
async def test_queues_outlive_the_process_on_sqlite(tmp_path: Path) -> None:
    await goes(f"sqlite:///{tmp_path}/queues.db")
    with closing(sqlite3.connect(tmp_path / "queues.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@needs_postgresql
@pytest.mark.realtime
async def test_queues_outlive_the_process_on_postgresql() -> None:
    with Server() as server:
        await goes(server.url)


@pytest.mark.realtime
async def test_calls_are_begun_no_faster_than_the_rate(tmp_path: Path) -> None:
    async with running(f"sqlite:///{tmp_path}/queues.db", Pacing(5.0, 50)) as (engine, attempts):
        await engine.enqueue(NAME, [f"{index:032x}" for index in range(10)])
        await until(lambda: len(attempts.begun) == 10)
    steps = [later - sooner for sooner, later in zip(attempts.at, attempts.at[1:], strict=False)]
    assert min(steps) > 0.1
    assert attempts.at[-1] - attempts.at[0] > 9 / 5 - 0.2


@pytest.mark.realtime
async def test_the_loop_keeps_its_own_executor_and_the_log_is_ours(tmp_path: Path) -> None:
    async with running(f"sqlite:///{tmp_path}/queues.db", Pacing(None, 2)) as (engine, attempts):
        await engine.enqueue(NAME, ["a" * 32])
        await until(lambda: attempts.begun)
        thread = await asyncio.get_running_loop().run_in_executor(None, threading.current_thread)
        assert not thread.name.startswith("dbos")
        kinds = [type(handler).__name__ for handler in logging.getLogger("dbos").handlers]
        assert kinds == ["_ToLoguru"]
