"""How a campaign stands, in figures and rows."""

from datetime import timedelta
from pathlib import Path

from tests.trunkline.campaigns.people import NAME, NOON, Clock, kept, number
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.figures import Figures, figures, results


async def test_figures_count_contacts_and_attempts(tmp_path: Path) -> None:
    clock = Clock()
    async with kept(tmp_path, 6) as store:
        assert await figures(store._engine, NAME, NOON) == Figures(contacts=6, waiting=6, next_at=NOON)
        first, second, third, fourth = await store.take(NAME, 4, clock())
        ended = {first: Ended("busy"), second: Ended("answered-human"), third: Ended("answered-human")}
        await store.settle(ended, clock())
        assert await figures(store._engine, NAME, clock()) == Figures(
            contacts=6,
            waiting=3,
            live=1,
            done=2,
            again=1,
            outcomes={"answered-human": 2, "busy": 1},
            attempts=3,
            next_at=NOON,
            pace=4 / 60,
        )
        clock.move(minutes=2)
        assert (await figures(store._engine, NAME, clock())).pace == 0
        assert fourth in await store.live()


async def test_of_nothing_all_is_zero(tmp_path: Path) -> None:
    async with kept(tmp_path, 0) as store:
        assert await figures(store._engine, NAME, NOON) == Figures()


async def test_results_have_each_contact_in_the_order_of_the_list(tmp_path: Path) -> None:
    clock = Clock()
    async with kept(tmp_path, 2) as store:
        first, second = await store.take(NAME, 2, clock())
        await store.settle({first: Ended("busy", "CA1"), second: Ended("refused", reason="none")}, clock())
        clock.move(minutes=10)
        (again,) = await store.take(NAME, 1, clock())
        await store.settle({again: Ended("no-answer", "CA2")}, clock())
        found = [one async for one in results(store._engine, NAME)]
        assert [(one.number, one.state, one.attempts, one.outcome) for one in found] == [
            (number(0), "waiting", 2, "no-answer"),
            (number(1), "done", 1, "refused"),
        ]
        assert (found[0].sids, found[0].data) == (("CA1", "CA2"), {"name": "Person 0"})
        assert (found[0].first_at, found[0].last_at) == (NOON, NOON + timedelta(minutes=10))
        assert [one.next_at for one in found] == [NOON + timedelta(hours=2, minutes=10), None]
        assert found[1].reason == "none"
