"""Attempts are kept at once, move forward only, and claim their number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from trunkline.calls.dials import EARLIER, OVER, STATUSES, Dials
from trunkline.calls.models import DialRow
from trunkline.calls.store import CallStore

ANN = "+12025550123"


@asynccontextmanager
async def dials(folder: Path) -> AsyncIterator[Dials]:
    store = CallStore(f"sqlite+aiosqlite:///{folder / 'calls.db'}")
    await store.open()
    try:
        yield store.dials
    finally:
        await store.close()


def row(dial: str = "a", number: str = ANN) -> DialRow:
    return DialRow(id=dial, line="desk", number=number, claim=number, data={"name": "Ann"})


async def test_a_number_is_claimed_until_the_attempt_is_over(tmp_path: Path) -> None:
    async with dials(tmp_path) as kept:
        assert await kept.create(row("a"))
        assert not await kept.create(row("b"))
        assert await kept.create(row("c", "+12025550124"))
        claimed = await kept.claimed(ANN)
        assert claimed is not None
        assert claimed.id == "a"
        assert await kept.advance("a", "ended", outcome="busy")
        assert await kept.claimed(ANN) is None
        assert await kept.create(row("b"))
        assert [one.id for one in await kept.latest()] == ["b", "c", "a"]


async def test_a_status_moves_forward_only(tmp_path: Path) -> None:
    async with dials(tmp_path) as kept:
        await kept.create(row())
        for status, news in (
            ("ringing", True),
            ("requested", False),
            ("unknown", False),
            ("answered", True),
            ("ringing", False),
            ("ended", True),
            ("ended", False),
            ("answered", False),
        ):
            assert await kept.advance("a", status) is news, status
        found = await kept.get("a")
        assert found is not None
        assert (found.status, found.data, found.ended_at is None) == ("ended", {"name": "Ann"}, False)


async def test_the_first_name_of_a_call_counts(tmp_path: Path) -> None:
    async with dials(tmp_path) as kept:
        await kept.create(row())
        await kept.is_call("a", "CA1")
        await kept.is_call("a", "CA2")
        await kept.was_answered_by("a", "human")
        found = await kept.of_call("CA1")
        assert found is not None
        assert (found.id, found.answered_by) == ("a", "human")
        assert await kept.of_call("CA2") is None


async def test_a_number_is_on_the_list_once(tmp_path: Path) -> None:
    async with dials(tmp_path) as kept:
        assert await kept.block(ANN, "asked")
        assert not await kept.block(ANN)
        assert await kept.is_blocked(ANN)
        assert [(one.number, one.reason) for one in await kept.blocked()] == [(ANN, "asked")]
        assert await kept.allow(ANN)
        assert not await kept.allow(ANN)
        assert not await kept.is_blocked(ANN)


@pytest.mark.parametrize("status", STATUSES)
def test_nothing_follows_an_end(status: str) -> None:
    assert not set(EARLIER[status]) & set(OVER)
