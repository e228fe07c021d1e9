"""What lines have spent today."""

import asyncio
from datetime import UTC, datetime, timedelta

from loguru import logger

from tests.trunkline.office import bare_line
from trunkline.costs.budget import Budget
from trunkline.costs.spending import FRESH, Spending
from trunkline.overflow import Busy, Queue, SayAndHangUp

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Store:
    """What calls have cost, and since when somebody asked."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.asked: list[datetime] = []
        self.is_away = False

    async def sum(self, line: str, since: datetime) -> float:
        self.asked.append(since)
        if self.is_away:
            raise OSError
        return self.spent


LINE = bare_line(budget=Budget(per_day=10.0, words="No more today."))


async def test_a_line_without_a_budget_is_not_asked_for() -> None:
    store = Store()
    assert await Spending(store.sum).refuses(bare_line(), "CA1", ()) is None
    assert await Spending(store.sum).refuses(bare_line(budget=Budget(per_call=1)), "CA1", ()) is None
    assert store.asked == []


async def test_new_calls_hear_the_words_and_known_ones_go_on() -> None:
    store = Store()
    spending = Spending(store.sum, lambda: NOON)
    assert await spending.refuses(LINE, "CA1", ()) is None
    store.spent = 10.0
    assert await spending.refuses(LINE, "CA2", ()) is None
    await asyncio.sleep(FRESH)
    assert await spending.refuses(LINE, "CA3", ()) == SayAndHangUp("No more today.")
    assert await spending.refuses(LINE, "CA1", {"CA1"}) is None
    assert len(store.asked) == 2


async def test_without_words_they_hear_that_the_line_is_full() -> None:
    store = Store()
    store.spent = 20.0
    spending = Spending(store.sum)
    busy = bare_line(name="a", budget=Budget(per_day=1), when_full=Busy())
    queue = bare_line(name="b", budget=Budget(per_day=1), when_full=Queue(then=SayAndHangUp("Later.")))
    assert await spending.refuses(busy, "CA1", ()) == Busy()
    assert await spending.refuses(queue, "CA1", ()) == SayAndHangUp("Later.")


async def test_a_day_begins_at_the_line_s_midnight() -> None:
    store, now = Store(), [datetime(2026, 3, 3, 23, 30, tzinfo=UTC)]
    spending = Spending(store.sum, lambda: now[0])
    berlin = bare_line(budget=Budget(per_day=10.0, zone="Europe/Berlin"))
    await spending.refuses(berlin, "CA1", ())
    now[0] += timedelta(hours=24)
    await spending.refuses(berlin, "CA2", ())
    assert store.asked == [datetime(2026, 3, day, 23, tzinfo=UTC) for day in (3, 4)]


async def test_a_store_that_does_not_answer_lets_calls_through() -> None:
    store = Store()
    store.is_away = True
    assert await Spending(store.sum).refuses(LINE, "CA1", ()) is None


async def test_four_fifths_and_the_whole_are_told_once_a_day() -> None:
    store, lines = Store(), list[str]()
    spending = Spending(store.sum, lambda: NOON)
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="WARNING")
    for spent in (1.0, 8.5, 9.0, 12.0, 12.5):
        store.spent = spent
        await spending.refuses(LINE, "CA1", ())
        await asyncio.sleep(FRESH)
    logger.remove(sink)
    assert lines == [f"{share} of the budget of desk for today is spent" for share in ("85%", "120%")]


async def test_a_spent_line_may_spend_again_at_midnight_where_it_is() -> None:
    store = Store()
    evening = datetime(2026, 3, 28, 22, tzinfo=UTC)  # in Berlin 23 hours; the clocks go forward in the night
    berlin = bare_line(budget=Budget(per_day=10.0, zone="Europe/Berlin"))
    spending = Spending(store.sum, lambda: evening)
    assert await spending.spent_until(bare_line()) is None
    assert await spending.spent_until(berlin) is None
    store.spent = 10.0
    await asyncio.sleep(FRESH)
    assert await spending.spent_until(berlin) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    store.is_away = True
    assert await Spending(store.sum, lambda: evening).spent_until(berlin) is None
    later = Spending(store.sum, lambda: evening + timedelta(hours=2))
    store.is_away = False
    assert await later.spent_until(berlin) == datetime(2026, 3, 29, 22, tzinfo=UTC)
