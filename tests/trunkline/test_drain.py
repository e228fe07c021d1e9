"""A drain waits for calls as long as their lines allow, and hands over what is left."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.trunkline.office import Archive, bare_line, board, facts, no_vendors
from trunkline.drain import Drain
from trunkline.life import COMPLETED, HANDED_OVER
from trunkline.switchboard import Switchboard

PATIENT, HASTY = "+15550100", "+15550101"


@pytest.fixture
async def switchboard() -> AsyncIterator[Switchboard]:
    """A patient line with call 1, and a hasty one with call 2."""
    vendors = no_vendors()
    lines = [bare_line(drain_seconds=9), bare_line(name="hasty", number=HASTY, drain_seconds=2)]
    made = board(vendors, Archive(), *lines)
    for number, called in ((1, PATIENT), (2, HASTY)):
        made.ring(facts(number, called), made.lines[called])
    yield made
    await made.close()
    await vendors.close()


async def test_each_line_has_its_own_patience(switchboard: Switchboard) -> None:
    began = asyncio.get_running_loop().time()
    released: list[tuple[str, float]] = []

    async def release(sid: str) -> None:
        released.append((sid[-1], round(asyncio.get_running_loop().time() - began, 1)))

    sessions = list(switchboard.calls.values())
    assert await Drain(switchboard, release).run(asyncio.Event()) == 2
    assert released == [("2", 2.0), ("1", 9.0)]
    assert switchboard.closing
    assert [session.outcome for session in sessions] == [HANDED_OVER, HANDED_OVER]


async def test_a_call_that_is_over_in_time_is_not_handed_over(switchboard: Switchboard) -> None:
    first, second = switchboard.calls.values()
    draining = asyncio.create_task(Drain(switchboard, _released).run(asyncio.Event()))
    await asyncio.sleep(1)
    for session in (first, second):
        session.end(COMPLETED)
    assert await draining == 0
    assert first.outcome is COMPLETED
    assert not await first.hand_over(_released)


async def test_in_a_hurry_nobody_waits(switchboard: Switchboard) -> None:
    hurry, began = asyncio.Event(), asyncio.get_running_loop().time()
    hurry.set()
    assert await Drain(switchboard, _released).run(hurry) == 2
    assert asyncio.get_running_loop().time() - began < 1
    assert switchboard.calls == {}


async def _released(_: str) -> None:
    pass
