"""A call being answered: its pipeline, from the webhook to the outcome.

The pipeline is built and its vendors connect while Twilio still connects the caller. It outlives a lost
stream: the next one is attached to it, and the conversation goes on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from loguru import logger
from pipecat.frames.frames import ErrorFrame, InterruptionFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner
from processors.aura_tts import AuraTTS

from processors.errors import VendorError
from processors.frames import RATE, HangUpFrame
from transports.errors import PeerStalled
from transports.media_streams import Start
from transports.twilio_socket import TwilioSocket
from trunkline.call import Call
from trunkline.life import ABANDONED, CALLER_HUNG_UP, COMPLETED, Outcome, State, Step, after
from trunkline.line import Line
from trunkline.minutes import Minutes
from trunkline.records import Facts, Message
from trunkline.vendors import Vendors

FIRST_STREAM_LIMIT = 15.0
"""Seconds from the webhook to the stream; Twilio connects within one or two."""

NEXT_STREAM_LIMIT = 6.0
"""Seconds that a call whose stream was lost is kept; Twilio asks what next at once."""

END_LIMIT = 1.0
"""Seconds for a pipeline to end by itself; then it is cancelled."""

APOLOGY_LIMIT = 15.0
"""Seconds to say that we are sorry; then the carrier says it."""

STREAMS = 4
"""Streams that one call may have, one after another."""

START_LIMIT = 5.0
"""Seconds for a pipeline to take its first frame."""


class Session:
    """One call and its pipeline.

    Args:
        facts: what Twilio says of the call.
        line: the line that answers it.
        vendors: what the calls of this process share.
        minutes: told of all that is worth keeping or watching.
        history: of a call that another process has begun; None for a new call.
        on_over: called once, when nothing of the call is left.
    """

    def __init__(
        self,
        facts: Facts,
        line: Line,
        vendors: Vendors,
        minutes: Minutes,
        *,
        history: Sequence[Message] | None = None,
        on_over: Callable[["Session"], None] = lambda _: None,
    ) -> None:
        self.state = State.RINGING if history is None else State.RESUMING
        self.outcome: Outcome | None = None
        self.line = line
        self.call = Call(facts, line, vendors, history or ())
        self.call.on_hang_up = lambda _: self.end(COMPLETED)
        self.call.stream.on_failure = self._peer_stalled
        self._minutes = minutes
        self._on_over = on_over
        self._loop = asyncio.get_running_loop()
        self._worker = self._build()
        self._socket: TwilioSocket | None = None
        self._streams = 0
        self._limit: asyncio.TimerHandle | None = None
        self._max = self._loop.call_later(line.max_seconds, self.end, Outcome("too-long"))
        self._failing: Outcome | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = self._loop.create_task(self._run(), name="call")
        self._expect_stream(FIRST_STREAM_LIMIT)

    def _build(self) -> PipelineWorker:
        worker = PipelineWorker(
            Pipeline(self.line.stages(self.call)),
            params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE, enable_metrics=True),
            observers=self._minutes.observers(self.call),
            app_resources=self.call,
            conversation_id=self.call.sid,
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
            cancel_runner_on_idle_timeout=False,
        )
        self.call.queue = worker.queue_frame
        worker.add_event_handler("on_pipeline_error", self._on_error)
        self._minutes.listen(self.call, worker)
        return worker

    # The stream.

    def may_resume(self) -> bool:
        """Whether another stream may be tried; a call that loses every one of them is not to be saved."""
        return self._streams < STREAMS

    async def carry(self, socket: TwilioSocket, start: Start) -> None:
        """Connect the call to a stream, until that stream ends.

        Raises:
            RemoteProtocolError: the carrier broke the protocol; the stream is over, the call is not.
        """
        resumed = self.state is not State.RINGING
        self._take(Step.STREAM_STARTED)
        self._unexpect_stream()
        self._streams += 1
        former, self._socket = self._socket, socket
        async with asyncio.timeout(START_LIMIT):
            await self.call.source.ready.wait()
        self.call.stream.attach(socket.send, socket.protocol)
        self._greet(resumed=resumed)
        if former is not None:
            await former.close(1000, "superseded by another stream of the call")
        await self._read(socket)

    async def _read(self, socket: TwilioSocket) -> None:
        stopped = False
        try:
            stopped = await socket.read(self.call.source.receive)
        finally:
            if self._socket is socket:
                self._stream_over(stopped)

    def _greet(self, *, resumed: bool) -> None:
        if resumed:
            frame = TTSSpeakFrame(self.line.resumed, append_to_context=False)
        else:
            frame = TTSSpeakFrame(self.line.greeting)
        self._spawn(self._worker.queue_frame(frame))

    def _stream_over(self, stopped: bool) -> None:
        """The caller hung up (Twilio says ``stop``), or the socket was lost and another may come."""
        self._socket = None
        self.call.stream.detach()
        if self.outcome is not None:
            return
        if stopped:
            self.end(CALLER_HUNG_UP)
            return
        logger.warning("call {}: the stream was lost", self.call.sid)
        self._take(Step.STREAM_LOST)
        self._spawn(self._interrupt())
        self._expect_stream(NEXT_STREAM_LIMIT)

    async def _interrupt(self) -> None:
        """Nobody hears us any more: what was heard so far is what was said."""
        await self._worker.pipeline.queue_frame(InterruptionFrame())

    def _peer_stalled(self, failure: PeerStalled) -> None:
        logger.warning("call {}: {}", self.call.sid, failure)
        if self._socket is not None:
            self._spawn(self._socket.close(1008, str(failure)))

    def _expect_stream(self, seconds: float) -> None:
        self._unexpect_stream()
        self._limit = self._loop.call_later(seconds, self.end, ABANDONED)

    def _unexpect_stream(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    # The end.

    def end(self, outcome: Outcome) -> None:
        """Give the call its outcome; the first one counts."""
        if self.outcome is not None:
            return
        self.outcome = self._failing if outcome is COMPLETED and self._failing else outcome
        self._take(Step.OUTCOME)
        self._unexpect_stream()
        self._spawn(self._end())

    async def _end(self) -> None:
        await self._interrupt()
        await self._worker.cancel()
        closing = self._socket.close(1000, "the call is over") if self._socket else asyncio.sleep(0)
        _, running = await asyncio.gather(closing, asyncio.wait({self._running}, timeout=END_LIMIT))
        if self._running in running[1]:
            logger.warning("call {}: its pipeline did not end within {} s", self.call.sid, END_LIMIT)
            self._running.cancel()

    async def _run(self) -> None:
        """The pipeline's whole life; whatever ends it, the call is over then."""
        runner = WorkerRunner(handle_sigint=False)
        try:
            await runner.add_workers(self._worker)
            await runner.run()
        finally:
            self._finish()

    def _finish(self) -> None:
        lost = Outcome("failed", "the pipeline ended without an outcome", self.line.apology)
        self.end(lost)
        self._minutes.ended(self.outcome or lost)
        self._max.cancel()
        self._on_over(self)

    async def over(self) -> None:
        """Return when nothing of the call is left."""
        await asyncio.wait({self._running})
        while self._tasks:
            await asyncio.wait(self._tasks)

    # Failures.

    async def _on_error(self, _: object, frame: ErrorFrame) -> None:
        vendor = isinstance(frame.exception, VendorError)
        error = (
            str(frame.exception) if vendor else f"{frame.processor} failed: {type(frame.exception).__name__}"
        )
        logger.warning("call {}: {}", self.call.sid, error)
        self._minutes.failed(error)
        if frame.processor is not None and not frame.processor.is_usable:
            await self._fail(error, voice=not isinstance(frame.processor, (AuraTTS, TTSService)))

    async def _fail(self, error: str, *, voice: bool) -> None:
        """A stage is lost for good: apologise and hang up, in the carrier's voice if ours is lost."""
        if self.outcome is not None or (self._failing is not None and voice):
            return
        aloud = Outcome("failed", error, self.line.apology)
        if not voice:
            self.end(aloud)
            return
        self._failing = Outcome("failed", error)
        self._limit = self._loop.call_later(APOLOGY_LIMIT, self.end, aloud)
        await self._worker.queue_frame(TTSSpeakFrame(self.line.apology))
        await self._worker.queue_frame(HangUpFrame())

    def _take(self, step: Step) -> None:
        self.state = after(self.state, step)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
