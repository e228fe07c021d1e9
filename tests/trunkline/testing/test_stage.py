"""The harness that tests stages fails when a stage does."""

import asyncio

import pytest
from pipecat.frames.frames import EndFrame, Frame, TextFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from tests.support import StageError, Up, Wait, heard, same


class Echo(FrameProcessor):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)


class Raises(FrameProcessor):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            raise ValueError("boom")


class Swallows(FrameProcessor):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)


class Forgets(Echo):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            self.create_task(asyncio.Event().wait(), "forgotten")


async def test_frames_pass_both_ways_and_compare_by_contents() -> None:
    out = await heard(Echo(), TextFrame("a"), Up(TextFrame("b")), EndFrame())
    assert same(out.down, [TextFrame("a"), EndFrame()])
    assert same(out.up, [TextFrame("b")])
    assert not same(out.up, [TextFrame("c")])


async def test_waiting_takes_virtual_time_only() -> None:
    before = asyncio.get_running_loop().time()
    await heard(Echo(), TextFrame("a"), Wait(3600))
    assert asyncio.get_running_loop().time() - before >= 3600


async def test_an_exception_in_the_stage_fails_the_test() -> None:
    with pytest.raises(StageError, match="boom"):
        await heard(Raises(), TextFrame("a"))


async def test_a_swallowed_end_frame_fails_the_test() -> None:
    with pytest.raises(StageError, match="swallowed"):
        await heard(Swallows(), EndFrame())


async def test_a_task_left_behind_fails_the_test() -> None:
    with pytest.raises(StageError, match="forgotten"):
        await heard(Forgets(), TextFrame("a"))
