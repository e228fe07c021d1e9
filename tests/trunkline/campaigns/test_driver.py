"""The driver: whoever is due is called, one attempt at a time, whatever happens to the process."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from tests.trunkline.campaigns.people import NAME, NOON, Clock, Desk, Telephone, kept, number
from trunkline.campaigns.campaign import Due, State
from trunkline.campaigns.dials import Ended, Full
from trunkline.campaigns.driver import Driver
from trunkline.campaigns.figures import Figures, figures
from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.retries import POSTPONED
from trunkline.campaigns.store import CampaignStore


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(600):
        while not condition():  # noqa: ASYNC110 -- what it asks is told by nobody
            await asyncio.sleep(0.1)


class Place:
    """A campaign of two at once, and a process that drives it."""

    def __init__(self, store: CampaignStore) -> None:
        self.store, self.telephone, self.clock = store, Telephone(), Clock()
        self.opening: Callable[[str, str, datetime], datetime | None] = lambda line, number, at: None

    def driver(self) -> Driver:
        return Driver(
            self.store,
            self.telephone,
            Desk(),
            ["desk"],
            opening=lambda *asked: self.opening(*asked),
            now=self.clock,
        )

    async def state(self) -> State:
        found = await self.store.campaign(NAME)
        assert found is not None
        return found.state

    async def done(self) -> None:
        async with asyncio.timeout(600):
            while await self.state() is not State.DONE:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def figures(self) -> Figures:
        return await figures(self.store._engine, NAME, self.clock())


@asynccontextmanager
async def place(folder: Path, count: int, **values: object) -> AsyncIterator[Place]:
    async with kept(folder, count, **values) as store:
        yield Place(store)


async def test_everybody_is_called_so_many_at_once(tmp_path: Path) -> None:
    async with place(tmp_path, 5) as there, there.driver():
        calls = there.telephone
        await until(lambda: len(calls.live) == 2)
        await asyncio.sleep(5)
        assert sorted(calls.rings) == [number(0), number(1)]
        calls.end("answered-human", number(0))
        await until(lambda: len(calls.rings) == 3)
        while await there.state() is not State.DONE:
            calls.end("answered-human")
            await asyncio.sleep(0.1)
        assert sorted(calls.rings) == [number(index) for index in range(5)]
        assert (await there.figures()).outcomes == {"answered-human": 5}


async def test_a_busy_contact_is_called_again_when_it_is_time(tmp_path: Path) -> None:
    async with place(tmp_path, 1) as there, there.driver():
        calls = there.telephone
        await until(lambda: calls.live)
        calls.end("busy")
        await asyncio.sleep(10)
        there.clock.move(minutes=9)
        await asyncio.sleep(10)
        assert len(calls.rings) == 1
        there.clock.move(minutes=1)
        await until(lambda: calls.live)
        calls.end("answered-human")
        await there.done()
        assert Counter(calls.rings) == {number(0): 2}


async def test_a_pause_lets_calls_finish_and_begins_none(tmp_path: Path) -> None:
    async with place(tmp_path, 9) as there, there.driver():
        calls = there.telephone
        await until(lambda: len(calls.live) == 2)
        await there.store.pause(NAME)
        await asyncio.sleep(3)
        calls.end("answered-human")
        await asyncio.sleep(30)
        assert len(calls.rings) == 2
        assert (await there.figures()).done == 2
        await there.store.resume(NAME)
        await until(lambda: len(calls.rings) == 4)


async def test_an_attempt_that_was_let_go_at_the_moment_of_a_pause_waits(tmp_path: Path) -> None:
    async with place(tmp_path, 1, state=State.PAUSED) as there:
        (attempt,) = await there.store.take(NAME, 1, NOON)
        async with there.driver() as driver:
            making = asyncio.ensure_future(driver._make(attempt))
            await asyncio.sleep(20)
            assert there.telephone.rings == []
            await there.store.resume(NAME)
            await until(lambda: there.telephone.live)
            there.telephone.end("answered-human")
            await making


async def test_a_contact_waits_for_its_hours(tmp_path: Path) -> None:
    async with place(tmp_path, 2) as there:
        morning = NOON + timedelta(hours=20)
        there.opening = lambda line, called, at: morning if called == number(0) and at < morning else None
        async with there.driver():
            calls = there.telephone
            await until(lambda: calls.live)
            calls.end("answered-human")
            await asyncio.sleep(5)
            assert calls.rings == [number(1)]
            assert (await there.figures()).next_at == morning
            there.clock.move(hours=20)
            await until(lambda: calls.live)
            assert calls.rings == [number(1), number(0)]


async def test_a_process_that_died_leaves_nobody_called_twice(tmp_path: Path) -> None:
    async with place(tmp_path, 6) as there:
        calls = there.telephone
        async with there.driver():
            await until(lambda: len(calls.live) == 2)
        # Attempts were made ready beyond those two; the next process has queues that know nothing of any.
        assert (await there.figures()).live == 4
        calls.end("busy", number(0))  # while nobody listened
        async with there.driver():
            await until(lambda: len(calls.rings) == 3)
            while await there.state() is not State.DONE:
                calls.end("answered-human")
                there.clock.move(minutes=1)
                await asyncio.sleep(0.1)
        assert Counter(calls.rings) == {number(0): 2} | {number(index): 1 for index in range(1, 6)}


async def test_a_stop_lets_the_carrier_answer_first(tmp_path: Path) -> None:
    async with place(tmp_path, 1) as there:
        calls, answered = there.telephone, []
        dial = calls.dial

        async def slowly(due: Due) -> Ended | None:
            await asyncio.sleep(4)
            answered.append(due.number)
            return await dial(due)

        calls.dial = slowly  # type: ignore[method-assign]
        async with there.driver():
            await asyncio.sleep(2)
            assert answered == []
        assert answered == [number(0)]


async def test_who_is_refused_is_not_called(tmp_path: Path) -> None:
    async with place(tmp_path, 1) as there:
        there.telephone.answer = lambda due: Ended("refused", reason="on the do-not-call list")
        async with there.driver():
            await there.done()
        assert (await there.figures()).outcomes == {"refused": 1}


async def test_a_full_server_is_asked_again(tmp_path: Path) -> None:
    async with place(tmp_path, 1) as there:
        calls, asked = there.telephone, []

        def full(due: Due) -> Ended | None:
            asked.append(due.id)
            if len(asked) < 4:
                raise Full
            return None

        calls.answer = full
        async with there.driver():
            await until(lambda: calls.live)
            assert len(set(asked)) == 1
            assert (await there.figures()).live == 1


async def test_what_nobody_can_be_called_with_pauses_the_campaign(tmp_path: Path) -> None:
    async with place(tmp_path, 9) as there:
        calls = there.telephone
        calls.answer = lambda due: Ended(POSTPONED, again_at=there.clock(), halt="the key is wrong")
        async with there.driver():
            await until(lambda: calls.rings)
            await asyncio.sleep(60)
            found = await there.store.campaign(NAME)
            assert found is not None
            assert (found.state, found.reason) == (State.PAUSED, "the key is wrong")
            # Those that had begun by then, and no more.
            assert len(calls.rings) <= 4
            calls.answer = lambda due: Ended("answered-human")
            await there.store.resume(NAME)
            there.clock.move(minutes=1)
            while await there.state() is not State.DONE:
                there.clock.move(seconds=5)
                await asyncio.sleep(0.5)
        assert (await there.figures()).outcomes == {"answered-human": 9}


async def test_a_campaign_of_another_line_is_left_alone(tmp_path: Path) -> None:
    async with place(tmp_path, 1, line="shop") as there, there.driver():
        await asyncio.sleep(20)
        assert there.telephone.rings == []


async def test_many_at_once_are_fed_without_end(tmp_path: Path) -> None:
    async with place(tmp_path, 40, pacing=Pacing(None, 10)) as there, there.driver():
        while await there.state() is not State.DONE:
            assert len(there.telephone.live) <= 10
            there.telephone.end("answered-human")
            await asyncio.sleep(0.2)
        assert Counter(there.telephone.rings) == {number(index): 1 for index in range(40)}
