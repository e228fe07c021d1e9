"""Audio goes the short way while nobody watches, and pipecat's way as soon as somebody does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import ErrorFrame, Frame, StartFrame, TextFrame
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.worker_observer import WorkerObserver
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.utils.asyncio.task_manager import TaskManager

from processors.direct import DirectStage, HearingStage
from processors.frames import CallerAudioFrame

PACKET = bytes(160)


class Noting(HearingStage):
    """Notes what it sees, and how it came."""

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__()
        self.seen: list[Frame] = []
        self.short = 0
        self._broken = broken

    def hear(self, frame: CallerAudioFrame) -> DirectStage | None:
        self.short += 1
        self.note(frame)
        return self.hand_on(frame)

    def note(self, frame: Frame) -> None:
        if self._broken and isinstance(frame, CallerAudioFrame):
            raise RuntimeError("broken")
        self.seen.append(frame)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.note(frame)
        await self.push_frame(frame, direction)


class Foreign(FrameProcessor):
    """A stage of somebody else's."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self.seen: list[Frame] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.seen.append(frame)
        await self.push_frame(frame, direction)


class Deaf(DirectStage):
    """A stage of ours that does nothing with audio but let it pass."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Frame] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.seen.append(frame)
        await self.push_frame(frame, direction)


class Watching(BaseObserver):
    def __init__(self) -> None:
        super().__init__()
        self.pushed: list[str] = []

    async def on_push_frame(self, data: FramePushed) -> None:
        if isinstance(data.frame, CallerAudioFrame):
            self.pushed.append(data.source.name)


@asynccontextmanager
async def linked(
    stages: Sequence[FrameProcessor], observer: WorkerObserver | None = None
) -> AsyncIterator[None]:
    """Stages in a row, started."""
    tasks = TaskManager()
    setup = FrameProcessorSetup(
        clock=SystemClock(),
        task_manager=tasks,
        pipeline_worker=None,  # type: ignore[arg-type]
        observer=observer,
    )
    if observer is not None:
        await observer.setup(tasks)
    for before, after in pairwise(stages):
        before.link(after)
    for stage in stages:
        await stage.setup(setup)
        stage._FrameProcessor__setup_done.set()  # type: ignore[attr-defined]
    await stages[0].queue_frame(StartFrame())
    yield
    for stage in stages:
        await stage.cleanup()
    if observer is not None:
        await observer.cleanup()


def audio(stage: Any) -> int:
    return sum(isinstance(frame, CallerAudioFrame) for frame in stage.seen)


async def test_audio_takes_the_short_way_and_other_frames_pipecat_s() -> None:
    first, second, third = Noting(), Noting(), Noting()
    async with linked([first, second, third]):
        for _ in range(3):
            await first.queue_frame(CallerAudioFrame(PACKET))
        await first.queue_frame(TextFrame("Hello."))
        assert [audio(stage) for stage in (first, second, third)] == [3, 3, 3]
        assert (second.short, third.short) == (3, 3)
        assert isinstance(third.seen[-1], TextFrame)


async def test_a_foreign_stage_between_ours_gets_audio_as_ever() -> None:
    first, foreign, last = Noting(), Foreign(), Noting()
    async with linked([first, foreign, last]):
        await first.queue_frame(CallerAudioFrame(PACKET))
        assert (audio(foreign), audio(last), last.short) == (1, 1, 0)


async def test_a_stage_of_ours_that_hears_nothing_gets_audio_as_ever() -> None:
    first, deaf, last = Noting(), Deaf(), Noting()
    async with linked([first, deaf, last]):
        await first.queue_frame(CallerAudioFrame(PACKET))
        assert (audio(deaf), audio(last), last.short) == (1, 1, 1)


async def test_an_observer_sees_every_hop_even_one_that_comes_late() -> None:
    observer, late = WorkerObserver(observers=[]), Watching()
    first, second = Noting(), Noting()
    async with linked([first, second], observer):
        await first.queue_frame(CallerAudioFrame(PACKET))
        assert second.short == 1
        observer.add_observer(late)
        await first.queue_frame(CallerAudioFrame(PACKET))
        assert (audio(second), second.short) == (2, 1)
        await asyncio.sleep(0.001)
        assert late.pushed == [first.name]


@pytest.mark.parametrize("event", ["on_before_push_frame", "on_after_process_frame"])
async def test_a_handler_of_a_frame_s_way_is_called(event: str) -> None:
    first, second = Noting(), Noting()
    called: list[Frame] = []

    async def note(_: FrameProcessor, frame: Frame) -> None:
        called.append(frame)

    (first if "push" in event else second).add_event_handler(event, note)
    async with linked([first, second]):
        frame = CallerAudioFrame(PACKET)
        await first.queue_frame(frame)
        assert frame in called
        assert (audio(second), second.short) == (1, 0)


async def test_what_goes_wrong_in_a_stage_is_reported_and_the_next_packet_comes() -> None:
    first, second = Noting(), Noting(broken=True)
    async with linked([first, second]):
        for _ in range(2):
            await first.queue_frame(CallerAudioFrame(PACKET))
        await asyncio.sleep(0.001)
        errors = [frame for frame in first.seen if isinstance(frame, ErrorFrame)]
        assert ["broken" in error.error for error in errors] == [True, True]
