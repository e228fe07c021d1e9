"""A call being answered: from the webhook to the outcome, over one stream or several.

The pipeline is built and its vendors connect while Twilio still connects the caller. It outlives a lost
stream: the next one is attached to it, and the conversation goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from loguru import logger
from pipecat.frames.frames import ErrorFrame, TTSSpeakFrame
from pipecat.services.tts_service import TTSService

from processors.aura_tts import AuraTTS
from processors.errors import VendorError
from processors.frames import HangUpFrame
from transports.errors import PeerStalled
from transports.media_streams import Start
from transports.twilio_socket import TwilioSocket
from trunkline.call import Call
from trunkline.idle import IdleClock
from trunkline.life import ABANDONED, CALLER_HUNG_UP, COMPLETED, HANDED_OVER, Outcome, State, Step, after
from trunkline.line import Line
from trunkline.minutes import Minutes
from trunkline.records import Facts, Message
from trunkline.running import RunningPipeline
from trunkline.time_limit import keep_time
from trunkline.vendors import Vendors

FIRST_STREAM_LIMIT = 15.0
"""Seconds from the webhook to the stream; Twilio connects within one or two."""

NEXT_STREAM_LIMIT = 6.0
"""Seconds that a call whose stream was lost is kept; Twilio asks what next at once."""

START_LIMIT = 5.0
"""Seconds for a pipeline to take its first frame."""

LAST_WORDS_LIMIT = 15.0
"""Seconds to say that we are sorry, or goodbye; then the carrier says it."""

SERVICE_RESTART = 1012
"""Close code (IANA, WebSocket Close Code Number Registry)."""

ATTEMPTS = 4
"""Times that Twilio is told to connect one call to us, one after another."""


class Session:
    """One call and its pipeline.

    Args:
        facts: what Twilio says of the call.
        line: the line that answers it.
        vendors: what the calls of this process share.
        minutes: told of all that is worth keeping or watching.
        history: of a call that another process has begun; None for a new call.
        on_over: called once, when nothing of the call is left but the answer to "what next?".
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
        self.call.on_hang_up = self._hung_up
        self.call.stream.on_failure = self._peer_stalled
        self.call.stream.on_cut = self._cut_off
        self._minutes = minutes
        self._on_over = on_over
        self._loop = asyncio.get_running_loop()
        self._socket: TwilioSocket | None = None
        self._attempts = 1
        self._closing: Outcome | None = None
        self._idle: IdleClock | None = None
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pipeline = RunningPipeline(
            self.call, minutes, on_error=self._on_error, on_over=self._pipeline_over
        )
        self._clock = self._loop.create_task(self._keep_time(), name="clock")
        self._expect_stream(FIRST_STREAM_LIMIT)

    # The stream.

    def try_again(self) -> bool:
        """Whether Twilio is to connect the call to us once more; counts. Some calls are not to be saved."""
        self._attempts += 1
        return self._attempts <= ATTEMPTS

    async def carry(self, socket: TwilioSocket, start: Start) -> None:
        """Connect the call to a stream, until that stream ends.

        Raises:
            RemoteProtocolError: the carrier broke the protocol; the stream is over, the call is not.
        """
        resumed = self.state is not State.RINGING
        self._take(Step.STREAM_STARTED)
        self._forget_deadline("stream")
        former, self._socket = self._socket, socket
        if former is not None:
            self._spawn(former.close(1000, "superseded by another stream of the call"))
            await self._pipeline.interrupt()
        if not await self._pipeline.started(START_LIMIT):
            self.end(Outcome("failed", f"its pipeline did not start in {START_LIMIT} s", self.line.apology))
            return
        if self._socket is not socket:
            return
        self.call.stream.attach(socket.send, socket.protocol)
        self._greet(resumed=resumed)
        if self.line.idle is not None:
            self._idle = IdleClock(self.line.idle, self.call)
        await self._read(socket)

    async def _read(self, socket: TwilioSocket) -> None:
        stopped = False
        try:
            stopped = await socket.read(self.call.source.receive)
        finally:
            if self._socket is socket:
                self._stream_over(stopped)

    def _greet(self, *, resumed: bool) -> None:
        if self._closing:
            self._say_last_words(self._closing)
        elif resumed:
            self._say(TTSSpeakFrame(self.line.resumed, append_to_context=False))
        else:
            self._say(TTSSpeakFrame(self.line.greeting))

    def _stream_over(self, stopped: bool) -> None:
        """The caller hung up (Twilio says ``stop``), or the socket was lost and another may come."""
        self._socket = None
        self.call.stream.detach()
        self._stop_idle_clock()
        if self.outcome is not None:
            return
        if stopped:
            self.end(CALLER_HUNG_UP)
            return
        logger.warning("call {}: the stream was lost", self.call.sid)
        self._take(Step.STREAM_LOST)
        # Nobody hears us any more: what was heard so far is what was said.
        self._spawn(self._pipeline.interrupt())
        self._expect_stream(NEXT_STREAM_LIMIT)

    def _expect_stream(self, seconds: float) -> None:
        self._end_after("stream", seconds, replace(ABANDONED, last_words=self.line.apology))

    def _peer_stalled(self, failure: PeerStalled) -> None:
        logger.warning("call {}: {}", self.call.sid, failure)
        if self._socket is not None:
            self._spawn(self._socket.close(1008, str(failure)))

    # The end.

    def end(self, outcome: Outcome) -> None:
        """Give the call its outcome; the first one counts."""
        if self.outcome is not None:
            return
        if outcome is COMPLETED and self._closing is not None:
            outcome = replace(self._closing, last_words="")  # they were heard
        self.outcome = outcome
        self._take(Step.OUTCOME)
        self._minutes.decided(self.outcome)
        for what in list(self._deadlines):
            self._forget_deadline(what)
        self._clock.cancel()
        self._stop_idle_clock()
        self._spawn(self._pipeline.end())
        if self._socket is not None:
            self._spawn(self._socket.close(1000, "the call is over"))

    async def hand_over(self, release: Callable[[str], Awaitable[None]]) -> bool:
        """Leave the call to another process, with what was heard here; whether there was a call to leave.

        Args:
            release: returns when the other one can read all of it; Twilio asks it what is next after that.
        """
        if self.outcome is not None:
            return False
        socket, self._socket = self._socket, None
        self.call.stream.detach()
        self.end(HANDED_OVER)
        await self._pipeline.over()
        await release(self.call.sid)
        if socket is not None:
            await socket.close(SERVICE_RESTART, "the server stops; the call goes on in another")
        return True

    def _pipeline_over(self, in_good_order: bool) -> None:
        lost = Outcome("failed", "the pipeline ended without an outcome", self.line.apology)
        self.end(COMPLETED if in_good_order else lost)
        self._minutes.ended(self.outcome or lost)
        if self.call.deeds.are_running:
            self._spawn(self._wind_up())
        else:
            self._on_over(self)

    async def _wind_up(self) -> None:
        """What a tool has begun for the caller is done without them, and counts as a part of the call."""
        await self.call.deeds.finished()
        self._on_over(self)

    async def over(self) -> None:
        """Return when nothing of the call is left."""
        await self._pipeline.over()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _hung_up(self, reason: str) -> None:
        self.end(COMPLETED if reason == COMPLETED.kind else Outcome(reason))

    async def _keep_time(self) -> None:
        line = self.line
        await keep_time(
            self.call.floor, line.max_seconds, line.warn_seconds if line.warns else None, self._warn
        )
        if self.state is not State.LIVE:
            self.end(Outcome("too-long"))
        elif self._closing is None:
            self._close(Outcome("too-long", last_words=line.time_up))

    async def _warn(self) -> None:
        if self.state is State.LIVE and self._closing is None:
            await self.call.say(self.line.warning)

    def _stop_idle_clock(self) -> None:
        if self._idle is not None:
            self._idle.stop()
            self._idle = None

    # Failures.

    def _on_error(self, frame: ErrorFrame) -> None:
        vendor = isinstance(frame.exception, VendorError)
        error = (
            str(frame.exception) if vendor else f"{frame.processor} failed: {type(frame.exception).__name__}"
        )
        logger.warning("call {}: {}", self.call.sid, error)
        self._minutes.failed(error)
        if frame.processor is not None and not frame.processor.is_usable:
            self._fail(error, voice=not isinstance(frame.processor, (AuraTTS, TTSService)))

    def _fail(self, error: str, *, voice: bool) -> None:
        """A stage is lost for good: apologise and hang up, in the carrier's voice if ours is lost."""
        if self.outcome is not None or (self._closing is not None and voice):
            return
        aloud = Outcome("failed", error, self.line.apology)
        if not voice:
            self.end(aloud)
            return
        self._close(aloud)

    def _close(self, aloud: Outcome) -> None:
        """End the call when its last words were heard; the carrier says them if we do not get to it."""
        self._closing = aloud
        self._stop_idle_clock()
        self._end_after("last words", LAST_WORDS_LIMIT, aloud)
        if self.state is State.LIVE:
            self._say_last_words(aloud)

    def _cut_off(self) -> None:
        """A caller who speaks into our last words hears them from the carrier, who cannot be interrupted."""
        if self._closing is not None:
            self.end(self._closing)

    def _say_last_words(self, outcome: Outcome) -> None:
        self._say(TTSSpeakFrame(outcome.last_words), HangUpFrame())

    def _say(self, *frames: TTSSpeakFrame | HangUpFrame) -> None:
        self._spawn(self._pipeline.queue(*frames))

    # Bookkeeping.

    def _take(self, step: Step) -> None:
        self.state = after(self.state, step)

    def _end_after(self, what: str, seconds: float, outcome: Outcome) -> None:
        """End the call unless ``what`` happens in time."""
        self._forget_deadline(what)
        self._deadlines[what] = self._loop.call_later(seconds, self.end, outcome)

    def _forget_deadline(self, what: str) -> None:
        if (deadline := self._deadlines.pop(what, None)) is not None:
            deadline.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
