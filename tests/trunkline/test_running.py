"""A pipeline runs from when it is made, and ends when it is told to, whatever its stages do."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pipecat.frames.frames import CancelFrame, EndFrame, ErrorFrame, Frame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from tests.trunkline.office import Archive, bare_line, facts, no_vendors
from trunkline.call import Call
from trunkline.events import Watchers
from trunkline.line import Line
from trunkline.minutes import Minutes
from trunkline.running import END_LIMIT, RunningPipeline
from trunkline.vendors import Vendors


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = no_vendors()
    yield made
    await made.close()


class Run:
    """A running pipeline and what it has told."""

    def __init__(self, vendors: Vendors, line: Line) -> None:
        self.errors: list[ErrorFrame] = []
        self.ends: list[bool] = []
        minutes = Minutes(facts(), line, Archive(), Watchers())
        self.pipeline = RunningPipeline(
            Call(facts(), line, vendors), minutes, on_error=self.errors.append, on_over=self.ends.append
        )


class Kept(FrameProcessor):
    """Keeps what it is asked to speak."""

    frames: list[Frame] = []  # noqa: RUF012

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSSpeakFrame):
            self.frames.append(frame)
            await self.push_error("cannot speak")
        await self.push_frame(frame, direction)


async def test_frames_arrive_in_order_and_errors_are_told(vendors: Vendors) -> None:
    Kept.frames.clear()
    run = Run(vendors, bare_line(Kept))
    assert await run.pipeline.started(1.0)
    first, second = TTSSpeakFrame("one"), TTSSpeakFrame("two")
    await run.pipeline.queue(first, second)
    await asyncio.sleep(0.01)
    assert Kept.frames == [first, second]
    assert [error.error for error in run.errors] == ["cannot speak"] * 2
    await run.pipeline.end()
    assert run.ends == [False]


async def test_it_ends_at_once_and_once(vendors: Vendors) -> None:
    run = Run(vendors, bare_line())
    began = asyncio.get_running_loop().time()
    await asyncio.gather(run.pipeline.end(), run.pipeline.end(), run.pipeline.over())
    await run.pipeline.end()
    assert asyncio.get_running_loop().time() - began < 0.1
    assert run.ends == [False]


async def test_an_end_frame_ends_it_in_good_order(vendors: Vendors) -> None:
    run = Run(vendors, bare_line())
    await run.pipeline.queue(EndFrame())
    await run.pipeline.over()
    assert run.ends == [True]


class Stuck(FrameProcessor):
    """Ends nothing."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, (CancelFrame, EndFrame)):
            await asyncio.sleep(3600)
        await self.push_frame(frame, direction)


@pytest.mark.parametrize("ending", [True, False])
async def test_a_stuck_stage_holds_it_up_for_a_moment_only(vendors: Vendors, ending: bool) -> None:
    run = Run(vendors, bare_line(Stuck))
    assert await run.pipeline.started(1.0)
    if ending:
        await run.pipeline.queue(EndFrame())
        await asyncio.sleep(0.01)
    began = asyncio.get_running_loop().time()
    await run.pipeline.end()
    await run.pipeline.over()
    assert asyncio.get_running_loop().time() - began <= 3 * END_LIMIT + 0.1
    assert run.ends == [False]


class NeverReady(FrameProcessor):
    """Connects to something that does not answer."""

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        await asyncio.sleep(3600)


async def test_a_stage_that_is_never_ready_does_not_keep_it_from_ending(vendors: Vendors) -> None:
    run = Run(vendors, bare_line(NeverReady))
    await run.pipeline.queue(TTSSpeakFrame("one"))
    assert not await run.pipeline.started(1.0)
    await run.pipeline.end()
    await run.pipeline.over()
    assert run.ends == [False]
