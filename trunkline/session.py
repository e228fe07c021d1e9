"""A call being answered: from the webhook to the outcome, over one stream or several.

The pipeline is built and its vendors connect while Twilio still connects the caller. It outlives a lost
stream: the next one is attached to it, and the conversation goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from loguru import logger
from pipecat.frames.frames import ErrorFrame, Frame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameProcessor

from processors.errors import VendorError
from processors.frames import HangUpFrame
from transports.errors import PeerStalled
from transports.media_streams import Start
from transports.twilio_socket import TwilioSocket
from trunkline.call import Call
from trunkline.costs.budget import Budget
from trunkline.idle import IdleClock
from trunkline.last_words import VOICE_LOST, is_voice, spoken_last, unsaid_by, with_unsaid
from trunkline.life import (
    CALLER_HUNG_UP,
    COMPLETED,
    HANDED_OVER,
    VOICEMAIL_LEFT,
    Outcome,
    State,
    Step,
    after,
)
from trunkline.line import Line
from trunkline.minutes import Minutes
from trunkline.outbound.answering import Answering
from trunkline.records import Facts
from trunkline.resuming.awaited_stream import AwaitedStream
from trunkline.resuming.fetch_back import Told
from trunkline.resuming.resumption import Resumed
from trunkline.resuming.way_back import WayBack
from trunkline.running import RunningPipeline
from trunkline.time_limit import PATIENCE, keep_time
from trunkline.vendors import Vendors

START_LIMIT = 5.0
"""Seconds for a pipeline to take its first frame."""

LAST_WORDS_LIMIT = 15.0
"""Seconds to say that we are sorry, or goodbye; then the carrier says it."""

SERVICE_RESTART = 1012
"""Close code (IANA, WebSocket Close Code Number Registry)."""


async def _nobody(_: "Session") -> Told:
    """Nobody is told."""
    return Told.NOT


class Session:
    """One call and its pipeline.

    Args:
        facts: what Twilio says of the call.
        line: the line that answers it.
        vendors: what the calls of this process share.
        minutes: told of all that is worth keeping or watching.
        resumed: a call that another process has begun, as far as it is known; None for a new one.
        on_over: called once, when nothing of the call is left but the answer to "what next?".
        ask: has Twilio ask what is next for a call that waits for a stream.
    """

    def __init__(
        self,
        facts: Facts,
        line: Line,
        vendors: Vendors,
        minutes: Minutes,
        *,
        resumed: Resumed | None = None,
        on_over: Callable[["Session"], None] = lambda _: None,
        ask: Callable[["Session"], Awaitable[Told]] = _nobody,
    ) -> None:
        is_new = resumed is None or not resumed.has_begun
        self.state = State.RINGING if is_new else State.RESUMING
        self.outcome: Outcome | None = None
        self.line = line
        self.call = Call(facts, line, vendors, resumed or Resumed())
        self.call.on_hang_up = self._hung_up
        self._answering = Answering(self.call) if is_new and facts.is_outbound else None
        if self._answering is not None:
            self._answering.on_end = self.end
        self.call.transferring.on_leave = self.end
        self.call.stream.on_failure = self._peer_stalled
        self.call.stream.on_cut = self._cut_off
        self.call.recorder.on_file = minutes.recorded
        self.call.recorder.changed = minutes.keep_state
        self._vendors = vendors
        self._minutes = minutes
        self._on_over = on_over
        self._loop = asyncio.get_running_loop()
        self._socket: TwilioSocket | None = None
        self._closing: Outcome | None = None
        self._lost_voice: FrameProcessor | None = None
        self._idle: IdleClock | None = None
        self._last_words_due: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pipeline = RunningPipeline(
            self.call, minutes, on_error=self._on_error, on_over=self._pipeline_over
        )
        self._clock = self._loop.create_task(self._keep_time(), name="clock")
        if (budget := line.budget) is not None:
            minutes.on_over_budget = lambda: self._spawn(self._over_budget(budget))
        self._way_back = WayBack(self.call, resumed)
        self.awaited = AwaitedStream(
            self.call,
            vendors,
            self._way_back,
            end=self.end,
            ask=partial(ask, self),
            spawn=self._spawn,
        )

    # The stream.

    def try_again(self) -> bool:
        """Whether Twilio is to connect the call to us once more; counts. Some calls are not to be saved."""
        self.call.attempts += 1
        self._minutes.here()
        self.awaited.asked()
        return self.call.attempts <= self.line.resume.attempts

    async def carry(self, socket: TwilioSocket, start: Start) -> None:
        """Connect the call to a stream, until that stream ends.

        Raises:
            RemoteProtocolError: the carrier broke the protocol; the stream is over, the call is not.
        """
        resumed = self.state is not State.RINGING
        self._take(Step.STREAM_STARTED)
        self.awaited.settled()
        former, self._socket = self._socket, socket
        if former is not None:
            self._spawn(former.close(1000, "superseded by another stream of the call"))
        if not await self._pipeline.started(START_LIMIT):
            self.end(Outcome("failed", f"its pipeline did not start in {START_LIMIT} s", self.line.apology))
            return
        if self._socket is not socket:
            return
        if resumed:  # what is being said now, nobody hears
            await self._break_off()
        self.call.stream.attach(socket.send, self.call.recorder.stream_began(socket.protocol))
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
                self._stream_over(stopped, silently=socket.is_silent)

    def _greet(self, *, resumed: bool) -> None:
        first = self.call.recorder.announcement()
        if self._closing:
            self._say(*spoken_last(self._closing))
        elif self._answering is not None and not self._answering.has_begun:
            self._answering.begin()
        elif resumed:
            self._say(*first, *self._way_back.frames())
        else:
            self._say(*first, TTSSpeakFrame(self.line.greeting))

    def _stream_over(self, stopped: bool, *, silently: bool) -> None:
        """The caller hung up (Twilio says ``stop``), or the socket was lost and another may come."""
        self._socket = None
        self.call.stream.detach()
        self.call.recorder.stream_ended()
        if self._answering is not None:
            self._answering.pause()
        self._stop_idle_clock()
        if self.outcome is not None:
            return
        if stopped and not self.awaited.may_be_replaced:
            self.end(CALLER_HUNG_UP)
            return
        logger.warning("call {}: the stream was lost", self.call.sid)
        self._take(Step.STREAM_LOST)
        self._spawn(self._break_off())
        self._minutes.lost()
        self.awaited.lost(silently=silently)

    async def _break_off(self) -> None:
        """Nobody hears us any more: what was heard so far is what was said, and the rest is said again."""
        self._way_back.lost()
        await self._pipeline.interrupt()

    def _peer_stalled(self, failure: PeerStalled) -> None:
        logger.warning("call {}: {}", self.call.sid, failure)
        if self._socket is not None:
            self._socket.is_silent = True
            self._spawn(self._socket.close(1008, str(failure)))

    async def answered_by(self, who: str) -> None:
        """The carrier has found out whether a person has answered the call that we made."""
        if self._answering is not None and self.outcome is None:
            await self._answering.verdict(who)

    # The end.

    def end(self, outcome: Outcome) -> None:
        """Give the call its outcome; the first one counts."""
        if self.outcome is not None:
            return
        if outcome is COMPLETED and self._closing is not None:
            outcome = replace(self._closing, last_words="")  # they were heard
        elif outcome is self._closing and self._lost_voice is not None:
            outcome = with_unsaid(outcome, self._lost_voice)
        self.outcome = outcome
        self._take(Step.TRANSFER if outcome.then else Step.OUTCOME)
        self._minutes.decided(self.outcome)
        self.call.transferring.give_up()
        self._spawn(self.call.transferring.over())
        self.awaited.settled()
        if self._last_words_due is not None:
            self._last_words_due.cancel()
        self._clock.cancel()
        if self._answering is not None:
            self._answering.stop()
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
        self.call.recorder.stream_ended()
        self._way_back.lost()
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
        if reason == VOICEMAIL_LEFT and self._answering is not None:
            self.end(self._answering.left(unsaid_by(self._pipeline.stages)))
            return
        lost = self._closing if reason == VOICE_LOST else None
        self.end(COMPLETED if reason == COMPLETED.kind else lost or Outcome(reason))

    async def _keep_time(self) -> None:
        line = self.line
        await keep_time(
            self.call.floor, line.max_seconds, line.warn_seconds if line.warns else None, self._warn
        )
        self._take_leave(Outcome("too-long", last_words=line.time_up))

    async def _over_budget(self, budget: Budget) -> None:
        await self.call.floor.silence(PATIENCE)
        self._take_leave(Outcome("over-budget", last_words=budget.last_words))

    def _take_leave(self, aloud: Outcome) -> None:
        """End the call with its last words, if there is anybody to hear them."""
        if self.state is not State.LIVE:
            self.end(replace(aloud, last_words=""))
        elif self._closing is None:
            self._close(aloud)

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
            self._fail(error, frame.processor)

    def _fail(self, error: str, stage: FrameProcessor) -> None:
        """A stage is lost for good: apologise and hang up, in the carrier's voice if ours is lost."""
        if self.outcome is not None or (self._closing is not None and not is_voice(stage)):
            return
        aloud = Outcome("failed", error, self.line.apology)
        if not is_voice(stage):
            self._close(aloud)
        elif self._closing is None and self._answering is not None and self._answering.lose_voice(aloud):
            return
        elif self.state is State.LIVE:
            self._lost_voice = stage
            self._close(aloud, HangUpFrame(VOICE_LOST))
        else:
            self.end(aloud)

    def _close(self, aloud: Outcome, *frames: Frame) -> None:
        """End the call when its last words were heard; the carrier says them if we do not get to it."""
        self._closing = aloud
        self._stop_idle_clock()
        if self._last_words_due is not None:
            self._last_words_due.cancel()
        self._last_words_due = self._loop.call_later(LAST_WORDS_LIMIT, self.end, aloud)
        if self.state is State.LIVE:
            self._say(*(frames or spoken_last(aloud)))

    def _cut_off(self) -> None:
        """A caller who speaks into our last words hears them from the carrier, who cannot be interrupted."""
        self.call.transferring.cut()
        if self._closing is not None:
            self.end(self._closing)

    def _say(self, *frames: Frame) -> None:
        self._spawn(self._pipeline.queue(*frames))

    # Bookkeeping.

    def _take(self, step: Step) -> None:
        self.state = after(self.state, step)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
