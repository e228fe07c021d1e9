"""What another process would need is written down once a moment, and not after the call."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.trunkline.office import bare_line, facts, no_vendors
from trunkline.call import Call
from trunkline.records import ToolCall
from trunkline.resuming.snapshots import BEAT, GATHER, Snapshots


class Desk:
    def __init__(self, call: Call) -> None:
        self.call = call
        self.written: list[tuple[dict[str, Any], bool]] = []
        self.snapshots = Snapshots(
            call,
            lambda state, urgent: self.written.append((state, urgent)),
            lambda: [ToolCall("look", id="c1")],
        )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    vendors = no_vendors()
    yield Desk(Call(facts(), bare_line(), vendors))
    await vendors.close()


async def test_changes_are_gathered(desk: Desk) -> None:
    for _ in range(5):
        desk.snapshots.changed()
    assert desk.written == []
    await asyncio.sleep(GATHER + 0.01)
    assert len(desk.written) == 1


async def test_the_state_is_all_that_there_is_and_not_the_prompt(desk: Desk) -> None:
    desk.call.llm_context.add_message({"role": "user", "content": "When?"})
    desk.call.data["name"] = "Ada"
    desk.call.stage = "asking"
    desk.snapshots.take(urgent=True)
    ((state, urgent),) = desk.written
    assert urgent
    assert state["messages"] == [{"role": "user", "content": "When?"}]
    assert (state["data"], state["stage"], state["language"]) == ({"name": "Ada"}, "asking", "en")
    assert state["tools"] == [{"name": "look", "arguments": {}, "id": "c1"}]
    assert state["attempts"] == 1


async def test_none_is_taken_while_another_process_may_have_the_call(desk: Desk) -> None:
    desk.snapshots.pause()
    desk.snapshots.take()
    assert desk.written == []
    desk.snapshots.go_on()
    desk.snapshots.take()
    assert len(desk.written) == 1


async def test_none_is_taken_after_the_call(desk: Desk) -> None:
    desk.snapshots.changed()
    desk.snapshots.close()
    desk.snapshots.take()
    await asyncio.sleep(1)
    assert desk.written == []


async def test_one_is_taken_every_so_often_so_that_others_know_whether_this_process_lives(desk: Desk) -> None:
    desk.call.place = "here:8000"
    desk.snapshots.take()
    await asyncio.sleep(2.5 * BEAT)
    assert len(desk.written) == 3
    state, urgent = desk.written[-1]
    assert (state["place"], urgent) == ("here:8000", False)
    assert abs(state["written_at"] - time.time()) < 60
    desk.snapshots.close()
    await asyncio.sleep(2 * BEAT)
    assert len(desk.written) == 3
