"""Calls that a dead worker left: those that went on stay as they are, the others are closed after a while."""

import asyncio

import pytest

from tests.trunkline.office import Archive
from trunkline.fleet.orphans import GRACE, close_orphans
from trunkline.fleet.roster import Field, Roster, State
from trunkline.life import ABANDONED, COMPLETED

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


async def test_only_what_nobody_took_up_is_closed_and_not_at_once() -> None:
    archive, roster = Archive(), Roster(2)
    slot = roster.assign()
    roster.write(slot, Field.STATE, State.READY)
    archive.outcomes["over"] = COMPLETED
    closing = asyncio.create_task(close_orphans(["lost", "over", "elsewhere"], archive, roster))
    await asyncio.sleep(GRACE / 2)
    roster.books(slot).add("elsewhere")
    assert archive.outcomes == {"over": COMPLETED}
    await closing
    assert archive.outcomes == {"over": COMPLETED, "lost": ABANDONED}


async def test_without_orphans_nothing_is_waited_for() -> None:
    before = asyncio.get_running_loop().time()
    await close_orphans([], Archive(), Roster(1))
    assert asyncio.get_running_loop().time() == before
