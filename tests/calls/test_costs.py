"""What a call costs is known while it goes on, and what it may cost is not exceeded."""

import asyncio
from pathlib import Path

import pytest

from tests.calls.relay import relay
from tests.calls.test_metrics import read
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, Town, heard, hears, make_line, said, town
from trunkline.costs.budget import Budget
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Said

ENOUGH = "That is all the time there is. Goodbye!"
TOMORROW = "Please call again tomorrow."


async def leave(place: Town, phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()
    await place.left(phone)


async def test_a_call_s_cost_is_kept_by_what_it_is_for(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await asyncio.sleep(60)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await asyncio.sleep(1)
        during = await place.row(phone)
        await leave(place, phone)
        row = await place.row(phone)
        metrics = await read(place.service.url)
    assert during.cost["voice"] == pytest.approx(len(PRICE) / 1000 * 0.030)
    assert row.cost["carrier"] == pytest.approx(2 * 0.0085)
    assert row.cost["stream"] / 0.0040 == pytest.approx(row.cost["listening"] / 0.0077)
    assert 61 / 60 < row.cost["stream"] / 0.0040 < 70 / 60
    assert 0 < row.cost["model"] < 0.001
    assert row.cost_usd == pytest.approx(sum(row.cost.values()))
    assert metrics["trunkline_cost_usd_total", "desk"] == pytest.approx(row.cost_usd)


async def test_a_call_that_costs_too_much_is_taken_leave_of(tmp_path: Path) -> None:
    line = make_line(budget=Budget(per_call=0.025, last_words=ENOUGH))
    async with town(tmp_path, line) as place:
        phone = await place.call()
        await phone.ended()
        assert heard(phone) == GREETING + ENOUGH
        row = await place.row(phone)
        assert row.outcome == "over-budget"
        assert 0.025 <= row.cost_usd < 0.035
        await place.left(phone)
        assert any("as much as it may" in line for line in place.log.lines)


async def test_a_day_s_budget_ends_new_calls_and_no_others(tmp_path: Path) -> None:
    line = make_line(budget=Budget(per_day=0.01, words=TOMORROW))
    async with town(tmp_path, line) as place:
        first = await place.call()
        await hears(first, GREETING)
        await asyncio.sleep(70)
        await first.say(said(PRICE_QUESTION))
        await hears(first, PRICE)
        await asyncio.sleep(1)
        await place.service.store.flush()
        second = await place.ring()
        await second.ended()
        assert [record.text for record in second.log if isinstance(record, Said)] == [TOMORROW]
        assert first.sid in place.service.switchboard.calls
        await leave(place, first)
        assert any("of the budget of desk for today is spent" in line for line in place.log.lines)


async def test_it_adds_up_over_the_processes_that_have_had_the_call(tmp_path: Path) -> None:
    line = make_line()
    async with relay(tmp_path, line) as place:
        phone = await place.call(GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await asyncio.sleep(1)
        before = await place.row(phone)
        await place.move(phone)
        await hears(phone, line.resume.words)
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(5)
        assert heard(phone).count(PRICE) == 2
        await phone.hang_up()
        await phone.ended()
        row = await place.row(phone)
    assert before.cost["voice"] == pytest.approx(len(PRICE) / 1000 * 0.030)
    assert row.cost["voice"] == pytest.approx(2 * before.cost["voice"])
    assert row.cost["model"] > 2 * before.cost["model"]
    assert row.cost["carrier"] == before.cost["carrier"]
