"""Somebody has answered a call that we made: a person, a machine, or someone who asks who is calling.

::

    listening ──"Hello?", or silence──► talking ──machine, two turns not yet had──┐
       │ ▲                                 ▲                                      ▼
       │ └──"who is calling?"──► screened ─┘                                   machine ──beep──► leaving
       └──"leave a message"──► doubtful ──verdict────────────────────────────────┘
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from enum import Enum
from typing import Any, TypeVar

from loguru import logger
from pipecat.frames.frames import Frame, InterruptionFrame, TTSSpeakFrame

from processors.frames import HangUpFrame
from processors.language_wording import said_in
from processors.opening import Opening
from transports.twilio_output import pair
from trunkline.call import Call
from trunkline.life import FAX, MACHINE, VOICEMAIL_LEFT, Outcome
from trunkline.outbound import first_words
from trunkline.outbound.manners import Outbound, filled

T = TypeVar("T")

REAL_TURNS = 2
"""Turns after which whoever is there is no machine, whatever the carrier finds."""

SCREEN_PATIENCE = 25.0
"""Seconds of silence in which somebody is fetched to the telephone."""

DOUBT_PATIENCE = 10.0
"""Seconds of silence for which the carrier's verdict is awaited after words that sound recorded."""

BEEP_LIMIT = 60.0
"""Seconds that a machine's greeting may take."""

MESSAGE_LIMIT = 120.0
"""Seconds that our message may take, and its voice to come."""

VERDICT_PATIENCE = 10.0
"""Seconds for which the verdict is awaited without a voice of our own: a person is told that we are sorry."""


class State(Enum):
    """Who is there, as far as we know."""

    LISTENING = "nobody has said anything yet"
    SCREENED = "somebody knows who calls, and fetches somebody else"
    DOUBTFUL = "the words sound recorded"
    TALKING = "a person, who has been greeted"
    MACHINE = "a machine, before its beep"
    LEAVING = "the call is about to end"


WAITS = {State.SCREENED: SCREEN_PATIENCE, State.DOUBTFUL: DOUBT_PATIENCE}
"""Seconds of silence in these states before we speak."""


class Answering:
    """The opening of one call that we made. Its stage stands before the model.

    Args:
        call: with the data of the dial.
    """

    def __init__(self, call: Call) -> None:
        self.state = State.LISTENING
        self._call = call
        self.on_end: Callable[[Outcome], None] = lambda _: None
        """Called at once when the call ends because our voice is lost."""
        self._line = call.line
        self._manners = call.line.outbound or Outbound()
        self._floor = call.floor
        self._stage = call.opening = Opening(self.heard)
        self._loop = asyncio.get_running_loop()
        self._turns = 0
        self._verdict = self._words = ""
        self._is_connected = False
        self._mute: Outcome | None = None
        self._claim = ExitStack()
        self._silence: asyncio.TimerHandle | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._unwatch: Callable[[], None] = lambda: None

    @property
    def has_begun(self) -> bool:
        """Whether somebody has been greeted, so that a lost stream is one to be sorry for."""
        return self.state is State.TALKING

    def begin(self) -> None:
        """The callee can hear us."""
        self._is_connected = True
        if self.state is State.LEAVING:
            self._leave()
        elif self.state is not State.TALKING:
            self._claim.close()
            self._claim.enter_context(self._floor.claimed())  # nobody is idle yet
            self._unwatch()
            self._unwatch = self._floor.watch(self._look)
            self._look()

    def pause(self) -> None:
        """The callee cannot hear us, for a moment or for good."""
        self._is_connected = False
        self._unwatch()
        self._forget_silence()

    def stop(self) -> None:
        """The call is over."""
        self.pause()
        if self._limit is not None:
            self._limit.cancel()

    async def heard(self, words: str) -> bool:
        """The callee has said something; whether the model answers it."""
        self._words += f" {words}"
        if self._awaits_verdict and first_words.are_recorded(self._words):
            await self._doubt()
        if self.state is State.TALKING:
            self._turns += 1
            return True
        if self.state not in (State.MACHINE, State.LEAVING, State.DOUBTFUL):
            await self._welcome(words)
        self._look()
        return False

    async def _welcome(self, words: str) -> None:
        """Tell who calls, or greet; or wait for somebody else to be greeted."""
        if self._manners.screening is not None and first_words.ask_who_calls(words):
            self.state = State.SCREENED
            await self._say(self._manners.screening)
        elif self.state is not State.SCREENED or not first_words.ask_to_wait(words):
            await self._greet()

    async def _doubt(self) -> None:
        """It sounds like a machine: say nothing onto its tape until the carrier knows."""
        if self.state is State.TALKING:
            await self._fall_silent()
            self._unwatch = self._floor.watch(self._look)
        self.state = State.DOUBTFUL

    async def verdict(self, who: str) -> None:
        """What the carrier has found out (``AnsweredBy``), once or twice, sooner or later."""
        self._verdict = who
        if not (who.startswith("machine_") or who == "fax"):
            if self._mute is not None:
                self.on_end(self._mute)
            elif self.state is State.DOUBTFUL:
                self.state = State.LISTENING
                self._look()
            return
        if self.state is State.LEAVING:
            return
        if self.state is State.TALKING and self._turns >= REAL_TURNS:
            logger.info("call {}: {} is not believed of who converses", self._call.sid, who)
            if self._mute is not None:
                self.on_end(self._mute)
            return
        await self._machine(who)

    # Without a voice.

    def lose_voice(self, aloud: Outcome) -> bool:
        """Our voice is lost. Whether it may be a machine that listens: then this ends the call, in time.

        Args:
            aloud: how the call ends if it is a person.
        """
        may_be_machine = self._awaits_verdict or self.state in (State.MACHINE, State.LEAVING)
        if self._manners.voicemail is None or not may_be_machine:
            return False
        self._mute = aloud
        if self._awaits_verdict:
            self._end_after(VERDICT_PATIENCE, self.on_end, aloud)
        return True

    def left(self, unsaid: str | None) -> Outcome:
        """The message has come to its end: the carrier says what our voice could not.

        Args:
            unsaid: that; None if the voice cannot tell.
        """
        if unsaid is None:
            unsaid = self._message if self._mute is not None else ""
        return Outcome(VOICEMAIL_LEFT, self._mute.reason if self._mute is not None else "", unsaid)

    @property
    def _message(self) -> str:
        words = filled(self._manners.voicemail or "", self._call.data)
        return str(said_in(words, self._call.language))

    @property
    def _awaits_verdict(self) -> bool:
        """Whether the carrier still has to say who is there, and we do not know it ourselves."""
        waits = (State.LISTENING, State.SCREENED, State.TALKING)
        is_open = self._manners.amd != "off" and not self._verdict
        return is_open and self.state in waits and self._turns < REAL_TURNS

    async def _machine(self, who: str) -> None:
        await self._fall_silent()
        leaves = self._manners.voicemail is not None and who != "fax"
        if leaves and who == "machine_start" and self._manners.amd == "message-end":
            self.state = State.MACHINE
            self._end_after(BEEP_LIMIT, self._call.on_hang_up, MACHINE)
            return
        self.state = State.LEAVING
        if self._is_connected:
            self._leave()

    def _leave(self) -> None:
        """Say the message to the end, whatever the machine does meanwhile, and hang up."""
        if self._limit is not None:
            self._limit.cancel()
        if self._manners.voicemail is None or self._verdict == "fax":
            self._call.on_hang_up(FAX if self._verdict == "fax" else MACHINE)
            return
        if self._mute is not None:
            self.on_end(self.left(None))
            return
        speech = TTSSpeakFrame(filled(self._manners.voicemail, self._call.data))
        ending = HangUpFrame(VOICEMAIL_LEFT)
        speech.interruptible = ending.interruptible = False
        self._end_after(MESSAGE_LIMIT, self._call.on_hang_up, MACHINE)
        self._spawn(self._push(speech, ending))

    def _end_after(self, seconds: float, end: Callable[[T], None], how: T) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self._loop.call_later(seconds, end, how)

    async def _fall_silent(self) -> None:
        """Stop talking at once: what is said now is recorded, or not heard at all."""
        self._forget_silence()
        self._stage.is_shut = True
        if self._is_connected:
            frame = InterruptionFrame()
            self._call.stream.cut(pair(frame))
            await self._push(frame)
            self._claim.close()
            self._claim.enter_context(self._floor.claimed())

    # The greeting.

    def _look(self) -> None:
        """Something has changed: who speaks, or what we know."""
        self._forget_silence()
        waits = self.state in (State.LISTENING, State.SCREENED, State.DOUBTFUL)
        if waits and self._is_connected and self._floor.is_quiet:
            seconds = WAITS.get(self.state, self._manners.greet_after)
            self._silence = self._loop.call_later(seconds, self._break_silence)

    def _break_silence(self) -> None:
        self._silence = None
        self._spawn(self._greet())

    def _forget_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    async def _greet(self) -> None:
        if self.state in (State.TALKING, State.MACHINE, State.LEAVING):
            return
        self.state = State.TALKING
        self._stage.is_shut = False
        self._forget_silence()
        self._unwatch()
        self._claim.close()
        await self._push(*self._call.recorder.announcement())
        await self._say(self._manners.greeting or self._line.greeting)

    async def _say(self, text: str) -> None:
        await self._push(TTSSpeakFrame(filled(text, self._call.data)))

    async def _push(self, *frames: Frame) -> None:
        """Ahead of the model, if the line has one."""
        entrance = self._stage if self._stage.next is not None else self._call.asides.entrance
        for frame in frames:
            await entrance.push_frame(frame)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._floor.create_task(work, "answering")
