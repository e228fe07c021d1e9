"""The transfers of one call, without vendors: what is announced, when it goes, and what calls it off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pipecat.frames.frames import Frame, TTSSpeakFrame

from processors.frames import HeardOutFrame
from processors.tool_once import Once
from tests.trunkline.office import bare_line, facts, no_vendors
from trunkline.call import Call
from trunkline.life import Outcome
from trunkline.transfers.destinations import Number, Then
from trunkline.transfers.transfer import Result, Transfer

DESK = "+15550123"


class Place:
    """A call whose frames are written down instead of heard."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.frames: list[Frame] = []
        self.left: list[Outcome] = []
        call.queue = self._queue
        call.transferring.on_leave = self.left.append

    async def _queue(self, frame: Frame) -> None:
        self.frames.append(frame)

    def hear(self) -> None:
        """All was heard."""
        for frame in self.frames:
            if isinstance(frame, HeardOutFrame):
                frame.due()

    async def begin(self, **manner: Any) -> "asyncio.Task[Result]":
        task = asyncio.create_task(self.call.transfer(DESK, **manner))
        await asyncio.sleep(0.1)
        return task


@asynccontextmanager
async def place(**values: Any) -> AsyncIterator[Place]:
    vendors = no_vendors()
    yield Place(Call(facts(), bare_line(**values), vendors))
    await vendors.close()


async def test_it_goes_when_the_words_were_heard_and_not_before() -> None:
    async with place() as there:
        task = await there.begin(words="One moment.", unanswered="Nobody.", ring_seconds=30)
        assert [type(frame) for frame in there.frames] == [TTSSpeakFrame, HeardOutFrame]
        assert there.left == []
        there.hear()
        assert there.left == [Outcome("transferring", "to a number", then=Then(Number(DESK), "Nobody.", 30))]
        assert await task is Result.GONE
        there.hear()
        assert len(there.left) == 1


async def test_a_barge_in_calls_it_off_and_another_may_follow() -> None:
    async with place() as there:
        task = await there.begin()
        there.call.transferring.cut()
        assert await task is Result.CALLED_OFF
        there.hear()
        assert there.left == []
        there.frames.clear()
        again = await there.begin(words="")
        assert [type(frame) for frame in there.frames] == [HeardOutFrame]
        there.hear()
        assert await again is Result.GONE


async def test_what_is_not_interruptible_is_not_called_off() -> None:
    async with place() as there:
        task = await there.begin(interruptible=False)
        assert not any(frame.interruptible for frame in there.frames)
        there.call.transferring.cut()
        there.hear()
        assert await task is Result.GONE


async def test_one_at_a_time() -> None:
    async with place() as there:
        task = await there.begin()
        assert await there.call.transfer(DESK) is Result.UNDER_WAY
        there.call.transferring.give_up()
        assert await task is Result.CALLED_OFF


async def test_who_is_cancelled_has_called_it_off() -> None:
    async with place() as there:
        task = await there.begin()
        task.cancel()
        await asyncio.wait({task})
        there.hear()
        assert there.left == []


async def test_a_tool_is_committed_at_the_very_moment() -> None:
    async with place() as there:
        once = Once("key")
        task = asyncio.create_task(there.call.transferring.transfer(DESK, {}, once))
        await asyncio.sleep(0.1)
        assert not once.is_committed
        there.hear()
        assert once.is_committed
        await task


async def test_a_name_of_the_line_is_its_transfer() -> None:
    desks = {"desk": Transfer(to=DESK, unanswered="Nobody.")}
    async with place(transfers=desks) as there:
        task = asyncio.create_task(there.call.transfer("desk", words=""))
        await asyncio.sleep(0.1)
        there.hear()
        await task
        assert [(one.reason, one.then) for one in there.left] == [
            ("to desk (number)", Then(Number(DESK), "Nobody."))
        ]


async def test_nobody_is_nobody() -> None:
    async with place() as there:
        with pytest.raises(ValueError, match="cannot be called"):
            await there.call.transfer("doctor")
        with pytest.raises(TypeError):
            await there.call.transfer(DESK, colour="red")
