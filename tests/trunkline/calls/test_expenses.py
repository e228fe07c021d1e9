"""What kept calls have cost."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trunkline.calls.models import now
from trunkline.calls.store import CallStore
from trunkline.life import COMPLETED
from trunkline.records import Facts


async def test_the_calls_of_a_line_are_added_up(tmp_path: Path) -> None:
    store = CallStore(f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}")
    await store.open()
    for number, (name, usd) in enumerate((("desk", 0.25), ("desk", 0.5), ("desk", None), ("shop", 1.0))):
        line: Any = SimpleNamespace(name=name)
        store.begin(Facts(f"CA{number}", "+14155550123", "+15550100"), line)
        store.note(f"CA{number}", cost_usd=usd, cost={"model": usd})
        if usd:
            store.end(f"CA{number}", COMPLETED)
    await store.flush()
    yesterday, tomorrow = now() - timedelta(days=1), now() + timedelta(days=1)
    assert await store.expenses.spent("desk", yesterday) == pytest.approx(0.75)
    assert await store.expenses.spent("desk", tomorrow) == 0.0
    found = await store.expenses.since(yesterday)
    assert sorted((one.line, one.usd or 0.0) for one in found) == [
        ("desk", 0.0),
        ("desk", 0.25),
        ("desk", 0.5),
        ("shop", 1.0),
    ]
    (shop,) = await store.expenses.since(yesterday, "shop")
    assert shop.cost == {"model": 1.0}
    assert shop.seconds < 60
    await store.close()
