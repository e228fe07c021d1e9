"""A call's pipeline while it runs: started at the webhook, fed, interrupted, and ended within a second."""

import asyncio
from collections.abc import Callable

from loguru import logger
from pipecat.frames.frames import CancelFrame, EndFrame, ErrorFrame, Frame, InterruptionFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.workers.runner import WorkerRunner

from processors.frames import RATE
from trunkline.call import Call
from trunkline.minutes import Minutes

END_LIMIT = 0.4
"""Seconds for each way of ending a pipeline; then the next one is tried."""


class RunningPipeline:
    """Runs from the moment it is made.

    Args:
        call: its stages are composed by the call's line.
        minutes: follow it.
        on_error: called with each error of a stage.
        on_over: called once, when the pipeline has ended: with whether it ended in good order
            (``EndFrame``), as a stage or a tool may have it.
    """

    def __init__(
        self,
        call: Call,
        minutes: Minutes,
        *,
        on_error: Callable[[ErrorFrame], None],
        on_over: Callable[[bool], None],
    ) -> None:
        self._call = call
        self._on_error = on_error
        self._on_over = on_over
        self._started = asyncio.Event()
        self._finished = False
        self.stages = call.attend(call.line.stages(call))
        """From the caller to the caller."""
        self._worker = PipelineWorker(
            Pipeline(list(self.stages)),
            params=PipelineParams(
                audio_in_sample_rate=RATE,
                audio_out_sample_rate=RATE,
                enable_metrics=True,
                enable_usage_metrics=True,
            ),
            observers=minutes.observers(),
            app_resources=call,
            conversation_id=call.sid,
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
            cancel_timeout_secs=END_LIMIT,
            cancel_runner_on_idle_timeout=False,
        )
        call.queue = self._worker.queue_frame
        self._worker.add_event_handler("on_pipeline_started", self._start)
        self._worker.add_event_handler("on_pipeline_error", self._report)
        self._worker.add_event_handler("on_pipeline_finished", self._finish)
        minutes.listen(call, self._worker)
        self._running = asyncio.get_running_loop().create_task(self._run(), name="call")

    async def started(self, limit: float) -> bool:
        """Wait until every stage takes frames; whether they do within the limit (seconds)."""
        try:
            async with asyncio.timeout(limit):
                await self._started.wait()
            return True
        except TimeoutError:
            return False

    async def queue(self, *frames: Frame) -> None:
        """Send frames down, in order."""
        await self._worker.queue_frames(list(frames))

    async def interrupt(self) -> None:
        """Cut off what is being said and thought; past the queue, which a slow stage may hold up."""
        await self._worker.pipeline.queue_frame(InterruptionFrame())

    async def end(self) -> None:
        """In good order; else past the queue, which an ``EndFrame`` may block; else past the stages."""
        if self._running.done():
            return
        await self.interrupt()
        await self._worker.cancel()
        pipeline = self._worker.pipeline
        for entrance in (pipeline, pipeline.processors[-1]):
            if await self._ended():
                return
            await entrance.queue_frame(CancelFrame())
        if not await self._ended():
            logger.error("call {}: its pipeline did not end in {} s", self._call.sid, 3 * END_LIMIT)
            self._running.cancel()

    async def over(self) -> None:
        """Return when it has ended."""
        await asyncio.wait({self._running})

    async def _ended(self) -> bool:
        done, _ = await asyncio.wait({self._running}, timeout=END_LIMIT)
        return bool(done)

    async def _run(self) -> None:
        # One runner a call: a shared one ends every call when one ends.
        runner = WorkerRunner(handle_sigint=False)
        try:
            await runner.add_workers(self._worker)
            await runner.run()
        except Exception as error:
            logger.opt(exception=error).error("call {}: its pipeline broke", self._call.sid)
        finally:
            self._on_over(self._finished)

    async def _start(self, *_: object) -> None:
        self._started.set()

    async def _report(self, _: object, frame: ErrorFrame) -> None:
        self._on_error(frame)

    async def _finish(self, _: object, frame: Frame) -> None:
        self._finished = isinstance(frame, EndFrame)
