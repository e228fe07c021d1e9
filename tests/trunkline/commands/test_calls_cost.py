"""``trunkline calls cost``: what calls have cost, by line or by day."""

import asyncio
import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.calls.store import CallStore
from trunkline.records import Facts

DATABASE = "sqlite+aiosqlite:///trunkline.db"


async def keep() -> None:
    store = CallStore(DATABASE)
    await store.open()
    for sid, name, usd in (("CA1", "desk", 0.25), ("CA2", "desk", 0.5), ("CA3", "shop", 1.0)):
        line: Any = SimpleNamespace(name=name)
        store.begin(Facts(sid, "+14155550123", "+15550100"), line)
        store.note(sid, cost_usd=usd, cost={"model": usd, "no price: own": 0.0})
    await store.close()


@pytest.fixture
def kept(trunkline: CommandLine) -> CommandLine:
    asyncio.run(keep())
    return trunkline


def test_each_line_has_a_row_and_all_have_a_sum(kept: CommandLine) -> None:
    ran = kept("calls", "cost")
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines()[1:]}
    assert rows["desk"] == ["desk", "2", "0", "0.00", "0.00", "0.00", "0.00", "0.75", "0.75"]
    assert rows["total"][-1] == "1.75"
    assert "no price is known of own" in ran.err


def test_each_day_has_a_row(kept: CommandLine) -> None:
    ran = kept("calls", "cost", "--by", "day", "--line", "desk", "--json")
    told = json.loads(ran.out)
    today = f"{datetime.now().astimezone():%Y-%m-%d}"
    assert [(row["day"], row["usd"], row["calls"]) for row in told["rows"]] == [(today, 0.75, 2)]
    assert told["total"]["model"] == 0.75
    assert told["no_price"] == ["own"]


def test_the_list_and_the_call_show_it(kept: CommandLine) -> None:
    assert "$0.25" in kept("calls").out
    assert "$1.00" in kept("calls", "show", "CA3").out
    assert json.loads(kept("calls", "show", "CA3", "--json").out)["cost"]["model"] == 1.0


def test_no_calls_are_no_failure(trunkline: CommandLine) -> None:
    ran = trunkline("calls", "cost")
    assert (ran.code, ran.out) == (0, "No calls in that time.\n")
