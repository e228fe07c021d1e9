"""A service of pipecat that is run beside the pipeline, not in it: what it does not do holds up nobody.

pipecat's ``ServiceSwitcher`` puts its services side by side in the pipeline: each packet of audio crosses the
queues of all of them and leaves its id in a set for good, all are connected from the start of the call, and
one that does not let an ``EndFrame`` through holds up the call's end. Here the stage that a service stands in
for hands it what concerns it, when it is needed, and takes of what comes out what concerns the call.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable

from loguru import logger
from pipecat.frames.frames import CancelFrame, Frame, StartFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

START_LIMIT = 5.0
"""Seconds that a service has to connect."""

STOP_LIMIT = 1.0
"""Seconds that it has to let go of what it holds."""

Heard = Callable[[Frame, FrameDirection], Awaitable[None]]


class Understudy:
    """Runs one service, once: :meth:`start`, :meth:`post` in order, :meth:`stop`.

    Args:
        service: any processor that pipecat could run in a pipeline.
        stage: the stage of a pipeline at whose place it stands.
        heard: called with each frame that comes out of it, whichever way.
    """

    def __init__(self, service: FrameProcessor, stage: FrameProcessor, heard: Heard) -> None:
        self.service = service
        self._stage = stage
        self._ends = _End(heard), _End(heard)
        self._posted: asyncio.Queue[Frame] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it takes frames.

        Raises:
            TimeoutError: it took too long. Whatever else its ``setup`` raises is raised, too.
        """
        setup = copy.copy(self._stage.processor_setup)
        setup.observer = None  # what it says is seen where it leaves the stage
        before, after = self._ends
        before.link(self.service)
        self.service.link(after)
        self.service._setup_started()
        async with asyncio.timeout(START_LIMIT):
            await self.service.setup(setup)
        self.service._setup_finished()
        await self.service.queue_frame(StartFrame())
        self._sender = self._stage.create_task(self._send(), "understudy")

    def post(self, frame: Frame) -> None:
        """Hand it a frame, behind those before; never waits."""
        self._posted.put_nowait(frame)

    async def stop(self) -> None:
        """Leave nothing of it behind; it cannot be started again."""
        if self._sender is not None:
            await self._stage.cancel_task(self._sender)
        try:
            async with asyncio.timeout(STOP_LIMIT):
                if self._sender is not None:
                    await self._cancel()
                await self.service.cleanup()
        except Exception as error:
            logger.warning("{} did not stop in good order ({})", self.service, type(error).__name__)

    async def _cancel(self) -> None:
        end = self._ends[1]
        end.mute()
        await self.service.queue_frame(CancelFrame())
        await end.cancelled.wait()

    async def _send(self) -> None:
        while True:
            await self.service.queue_frame(await self._posted.get())


class _End(FrameProcessor):
    """One end of it."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(enable_direct_mode=True)
        self.cancelled = asyncio.Event()
        self._heard: Heard | None = heard

    def mute(self) -> None:
        """Nothing that comes out concerns anybody any more."""
        self._heard = None

    async def queue_frame(
        self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM, callback: object = None
    ) -> None:
        """Take it, without the queue of a processor and without its log."""
        if isinstance(frame, CancelFrame):
            self.cancelled.set()
        elif self._heard is not None:
            await self._heard(frame, direction)
