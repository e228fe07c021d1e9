"""One stage alone: frames in, the frames that came out.

::

    out = await heard(SentenceSplitter(), LLMTextFrame("Hi. How"), Wait(0.1), InterruptionFrame())
    assert out.down == [...]

Frames compare by type and contents, an exception inside the stage fails the test, and on a
:class:`~trunkline.testing.clock.VirtualTimeLoop` no wait takes real time.
"""

import asyncio
import dataclasses
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import CancelFrame, EndFrame, ErrorFrame, Frame, StartFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.utils.asyncio.task_manager import TaskManager

from processors.frames import RATE

F = TypeVar("F", bound=Frame)

IDENTITY = {"id", "name", "pts", "broadcast_sibling_id", "timestamp"}
"""What makes two frames with the same contents different objects."""

SETTLE = 0.001
"""Seconds of virtual time: over as soon as nothing is left to run."""

END_LIMIT = 30.0
"""Seconds that a stage may take to let an ``EndFrame`` through."""


@dataclass(frozen=True)
class Wait:
    """Let this much time pass before the next frame."""

    seconds: float


@dataclass(frozen=True)
class Up:
    """Send this frame upstream, from the stage's far side."""

    frame: Frame


class StageError(AssertionError):
    """The stage broke the contract: it raised, swallowed a control frame, or left tasks behind."""


@dataclass
class Heard:
    """What a stage let through, in order, without the start and cancel frames of the harness."""

    down: list[Frame] = field(default_factory=list)
    up: list[Frame] = field(default_factory=list)

    def of(self, kind: type[F]) -> list[F]:
        """The downstream frames of one kind."""
        return [frame for frame in self.down if isinstance(frame, kind)]

    def up_of(self, kind: type[F]) -> list[F]:
        """The upstream frames of one kind."""
        return [frame for frame in self.up if isinstance(frame, kind)]


def contents(frame: Frame) -> tuple[str, dict[str, Any]]:
    """What a frame says: its type's name and its fields, without what only identifies the object."""
    fields = {f.name: getattr(frame, f.name, None) for f in dataclasses.fields(frame)}
    return type(frame).__name__, {k: v for k, v in fields.items() if k not in IDENTITY}


def same(ours: list[Frame], expected: list[Frame]) -> bool:
    """Whether two runs of frames say the same."""
    return [contents(f) for f in ours] == [contents(f) for f in expected]


class _End(FrameProcessor):
    """One end of the harness; keeps what reaches it."""

    def __init__(self, kept: list[Frame], direction: FrameDirection) -> None:
        super().__init__(enable_direct_mode=True)
        self._kept = kept
        self._direction = direction
        self.ended = asyncio.Event()
        self.closed = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not self.closed and direction is self._direction and not isinstance(frame, StartFrame):
            self._kept.append(frame)
        if isinstance(frame, EndFrame):
            self.ended.set()
        await self.push_frame(frame, direction)


class Bench:
    """A stage between two ends, for tests that act between frames: ``async with Bench(stage) as bench``."""

    def __init__(self, stage: FrameProcessor, *, resources: Any = None, metrics: bool = False) -> None:
        self.stage = stage
        self.heard = Heard()
        self._resources = resources
        self._metrics = metrics
        self._source = _End(self.heard.up, FrameDirection.UPSTREAM)
        self._sink = _End(self.heard.down, FrameDirection.DOWNSTREAM)

    async def __aenter__(self) -> "Bench":
        self._tasks = TaskManager(loop=asyncio.get_running_loop())
        clock = SystemClock()
        clock.start()
        setup = FrameProcessorSetup(
            clock=clock,
            task_manager=self._tasks,
            pipeline_worker=cast(PipelineWorker, _Worker(self._resources)),
            audio_in_sample_rate=RATE,
            audio_out_sample_rate=RATE,
            enable_metrics=self._metrics,
        )
        self._source.link(self.stage)
        self.stage.link(self._sink)
        for processor in (self._source, self.stage, self._sink):
            await processor.setup(setup)
        await self._source.queue_frame(StartFrame())
        await self.settle()
        return self

    async def send(self, *items: Frame | Up | Wait) -> Heard:
        """Feed frames, upstream frames and waits, in order; returns what came out so far."""
        for item in items:
            if isinstance(item, Wait):
                await asyncio.sleep(item.seconds)
            elif isinstance(item, Up):
                await self._sink.queue_frame(item.frame, FrameDirection.UPSTREAM)
            else:
                await self._source.queue_frame(item)
            await self.settle()
        if any(isinstance(item, EndFrame) for item in items):
            await self._ended()
        return self.heard

    async def settle(self) -> None:
        """Return when the stage has nothing left to run without time passing or data arriving."""
        await asyncio.sleep(SETTLE)
        self._raise_what_the_stage_raised()

    async def _ended(self) -> None:
        try:
            await asyncio.wait_for(self._sink.ended.wait(), END_LIMIT)
        except TimeoutError:
            raise StageError(f"{self.stage} swallowed the EndFrame") from None

    def _raise_what_the_stage_raised(self) -> None:
        for frame in self.heard.up_of(ErrorFrame):
            if frame.error.startswith(("Error processing frame", "Uncaught exception")):
                raise StageError(f"{self.stage}: {frame.error}") from frame.exception

    async def __aexit__(self, kind: object, *_: object) -> None:
        self._source.closed = self._sink.closed = True
        await self._source.queue_frame(CancelFrame())
        await asyncio.sleep(SETTLE)
        for processor in (self._source, self.stage, self._sink):
            await processor.cleanup()
        await asyncio.sleep(0)
        left = [task.get_name() for task in self._tasks.current_tasks()]
        if left and kind is None:
            raise StageError(f"{self.stage} left tasks behind: {', '.join(left)}")


class _Worker:
    """The part of a pipeline worker that a stage may ask for."""

    def __init__(self, resources: Any) -> None:
        self.app_resources = resources


async def heard(
    stage: FrameProcessor, *items: Frame | Up | Wait, resources: Any = None, metrics: bool = False
) -> Heard:
    """Send frames through one stage and return what came out.

    Args:
        stage: the stage, not yet set up.
        items: frames going downstream, ``Up(frame)`` for upstream ones, ``Wait(seconds)`` between them.
        resources: what the stage finds as ``pipeline_worker.app_resources``.
        metrics: whether pipecat's metrics frames are on.

    Raises:
        StageError: the stage raised, swallowed an ``EndFrame``, or left tasks behind.
    """
    async with Bench(stage, resources=resources, metrics=metrics) as bench:
        return await bench.send(*items)
