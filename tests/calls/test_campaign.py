"""A campaign over whole calls: the line calls a list of people, and each hears it once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from tests.calls.dialling import ANN, HELLO, outgoing
from tests.calls.town import Town, hears, town
from tests.trunkline.campaigns.people import Clock, Desk
from trunkline.calls.models import CallRow, now
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.contacts import Contact
from trunkline.campaigns.driver import Driver
from trunkline.campaigns.figures import Result, results
from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.retries import Retries, Retry
from trunkline.campaigns.store import CampaignStore
from trunkline.campaigns.telephone import Telephone
from trunkline.costs.budget import Budget
from trunkline.costs.spending import FRESH, Spending
from trunkline.sandbox.telephone.callee import Callee

BO, CY = "+12025550124", "+12025550125"
NAME = "recall"
RETRIES = Retries({"busy": Retry(1, 0.0)}, attempts=3)


class Campaigning:
    """A campaign of Ann, Bo and Cy, and the process that drives it."""

    def __init__(self, place: Town, line: Any, clock: Clock) -> None:
        self.place = place
        self.store = CampaignStore(place.service.store.engine)
        self._line, self._clock = line, clock

    async def create(self, **people: str) -> None:
        contacts = [Contact(number, {"name": name}) for name, number in people.items()]
        campaign = Campaign(NAME, self._line.name, pacing=Pacing(None, 2), retries=RETRIES)
        await self.store.create(campaign, contacts, self._clock())

    def driver(self) -> Driver:
        lines = {self._line.name: self._line}
        telephone = Telephone(
            self.place.service.dialler, lines, self.place.service.store.engine, now=self._clock
        )
        return Driver(self.store, telephone, Desk(), lines, opening=telephone.opening, now=self._clock)

    async def done(self) -> None:
        async with asyncio.timeout(900):
            while (found := await self.store.campaign(NAME)) is None or found.state is not State.DONE:
                await asyncio.sleep(1)
                self._clock.move(seconds=1)

    async def results(self) -> dict[str, Result]:
        return {one.number: one async for one in results(self.place.service.store.engine, NAME)}


@asynccontextmanager
async def campaigning(
    folder: Path, callees: dict[str, Callee], budget: Budget | None = None, **manners: Any
) -> AsyncIterator[Campaigning]:
    line, clock = outgoing(budget, **manners), Clock()
    clock.at = now()
    async with town(folder, line, carrier={"callees": callees}) as place:
        yield Campaigning(place, line, clock)


async def test_everybody_on_the_list_is_called_and_who_was_busy_once_more(tmp_path: Path) -> None:
    callees = {ANN: Callee(stays=8), BO: Callee(outcome="busy"), CY: Callee(outcome="no-answer")}
    async with campaigning(tmp_path, callees, amd="off") as there:
        await there.create(Ann=ANN, Bo=BO, Cy=CY)
        async with there.driver():
            phone = await there.place.world.carrier.callee(ANN)
            await phone.answered()
            await hears(phone, HELLO)
            await there.done()
        found = await there.results()
        assert {number: (one.outcome, one.attempts) for number, one in found.items()} == {
            ANN: ("answered-human", 1),
            BO: ("busy", 2),
            CY: ("no-answer", 1),
        }
        assert len(found[BO].sids) == 2
        dials = await there.place.service.store.dials.latest(campaign=NAME)
        assert Counter(row.number for row in dials) == {ANN: 1, BO: 2, CY: 1}


async def test_a_call_goes_on_while_its_campaign_is_driven_by_another_process(tmp_path: Path) -> None:
    async with campaigning(tmp_path, {ANN: Callee(stays=20)}, amd="off") as there:
        await there.create(Ann=ANN)
        async with there.driver():
            phone = await there.place.world.carrier.callee(ANN)
            await phone.answered()
        async with there.driver():
            await there.done()
        found = await there.results()
        assert (found[ANN].outcome, found[ANN].attempts) == ("answered-human", 1)
        assert len(await there.place.service.store.dials.latest()) == 1


async def test_who_asked_not_to_be_called_is_not(tmp_path: Path) -> None:
    async with campaigning(tmp_path, {}, amd="off") as there:
        await there.create(Ann=ANN)
        await there.place.service.store.dials.block(ANN)
        async with there.driver():
            await there.done()
        found = await there.results()
        assert (found[ANN].outcome, found[ANN].sids) == ("refused", ())
        assert "do-not-call" in found[ANN].reason


async def test_nobody_is_called_at_night(tmp_path: Path) -> None:
    from trunkline.outbound.hours import Hours

    async with campaigning(tmp_path, {}, amd="off", hours=Hours("09:00", "20:00")) as there:
        there._clock.at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # in Washington it is ten in the evening
        await there.create(Ann=ANN)
        async with there.driver():
            await asyncio.sleep(30)
        found = await there.results()
        assert (found[ANN].attempts, found[ANN].next_at) == (0, datetime(2026, 11, 24, 14, 0, tzinfo=UTC))


async def test_a_campaign_waits_for_the_day_on_which_its_line_may_spend_again(tmp_path: Path) -> None:
    budget = Budget(per_day=0.01)
    async with campaigning(tmp_path, {ANN: Callee(stays=8)}, budget=budget, amd="off") as there:
        spending = Spending(there.place.service.store.expenses.spent, there._clock)
        there.place.service.switchboard.spending = spending
        await there.create(Ann=ANN, Bo=BO, Cy=CY)
        async with there.place.service.store.engine.begin() as connection:
            row: dict[str, Any] = {
                "sid": "CA1",
                "line": "desk",
                "caller": "",
                "called": "",
                "direction": "inbound",
            }
            row |= {"started_at": there._clock(), "cost_usd": 1.0, "reason": "", "last_words": ""}
            await connection.execute(insert(CallRow), row)
        async with there.driver():
            await asyncio.sleep(30)
            assert await there.place.service.store.dials.latest() == []
            waiting = await there.results()
            assert {one.state for one in waiting.values()} == {"waiting"}
            assert {one.next_at for one in waiting.values()} == {await spending.spent_until(there._line)}
            there._clock.move(days=1)
            await asyncio.sleep(FRESH)
            phone = await there.place.world.carrier.callee(ANN)
            await phone.answered()
            await hears(phone, HELLO)
            await phone.hang_up()
            await phone.ended()
