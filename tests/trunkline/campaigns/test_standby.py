"""The standby: a server drives the campaigns of its lines, when there are any and nobody else does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trunkline.campaigns.people import NAME, Desk, kept
from trunkline.campaigns import engine, telephone
from trunkline.campaigns.campaign import State
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.lock import Lock
from trunkline.campaigns.standby import Standby
from trunkline.campaigns.store import CampaignStore
from trunkline.line import Line
from trunkline.settings import load

LINE = Line(name="desk", number="+12025550100", greeting="Hello.", prompt="Be kind.")


class Answered:
    """A telephone that everybody answers at once."""

    def __init__(self, *_: object) -> None:
        self.opening = lambda line, number, at: None

    async def dial(self, due: object) -> Ended:
        return Ended("answered-human")

    async def ended(self, ids: object) -> dict[str, Ended]:
        return {}


@pytest.fixture(autouse=True)
def _without_dbos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Engine", lambda url: Desk())
    monkeypatch.setattr(telephone, "Telephone", Answered)


class Place:
    def __init__(self, store: CampaignStore) -> None:
        self.store = store
        self.board = SimpleNamespace(closing=False)

    def standby(self) -> Standby:
        dialler: Any = SimpleNamespace(board=self.board)
        return Standby(load(), dialler, [LINE], self.store._engine)

    async def state(self) -> State:
        found = await self.store.campaign(NAME)
        assert found is not None
        return found.state


@asynccontextmanager
async def place(folder: Path, **values: object) -> AsyncIterator[Place]:
    async with kept(folder, 3, **values) as store:
        yield Place(store)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_campaign_is_driven_to_its_end_and_let_go(tmp_path: Path) -> None:
    async with place(tmp_path) as there, there.standby() as standby:
        await until(lambda: standby.is_driving)
        await until(lambda: not standby.is_driving)
        assert await there.state() is State.DONE
        lock = Lock(there.store._engine)
        assert await lock.take()
        await lock.release()


async def test_one_drives_and_another_takes_over(tmp_path: Path) -> None:
    async with place(tmp_path, state=State.PAUSED) as there:
        first, second = there.standby(), there.standby()
        async with second:
            async with first:
                await until(lambda: first.is_driving or second.is_driving)
                await asyncio.sleep(20)
                assert [first.is_driving, second.is_driving].count(True) == 1
            await until(lambda: second.is_driving)


async def test_a_server_that_stops_leaves_them_to_others(tmp_path: Path) -> None:
    async with place(tmp_path, state=State.PAUSED) as there, there.standby() as standby:
        await until(lambda: standby.is_driving)
        there.board.closing = True
        await until(lambda: not standby.is_driving)


@pytest.mark.parametrize("values", [{"line": "shop"}, {"state": State.DONE}])
async def test_where_there_is_nothing_to_do_nothing_is_done(tmp_path: Path, values: dict[str, Any]) -> None:
    async with place(tmp_path, **values) as there, there.standby() as standby:
        await asyncio.sleep(30)
        assert not standby.is_driving
        assert await there.store.live() == {}
