"""When a caller's turn begins: at any voice while the agent is silent, by a line's policy while it speaks."""

import asyncio

from pipecat.frames.frames import (
    BotStoppedSpeakingFrame,
    Frame,
    FunctionCallCancelFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    InterimTranscriptionFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import BaseUserTurnStartStrategy

from processors.backchannels import has_words
from processors.barge_in import Protects
from processors.frames import FarVoiceFrame, HangUpFrame, PlayOnFrame
from processors.turn_start_remark import Remark, Transcript
from processors.turn_start_shield import Shield

CONFIRM_WITHIN = 1.2
"""Seconds from the beginning of a voice, or from its last words, within which words must interrupt."""

LONGEST_DOUBT = 2.4
"""Seconds for which sounds in a row, such as a dog's, keep the agent ducked or held at most."""

CONTINUE, STOP = ProcessFrameResult.CONTINUE, ProcessFrameResult.STOP


class SpokenTurnStart(BaseUserTurnStartStrategy):
    """Begins the caller's turn, and interrupts what the agent does.

    While the agent speaks, and may be interrupted, enough words begin it, or a mere voice where no words are
    asked for. A voice without them is a false alarm: ``PlayOnFrame``. What was said without interrupting
    stays out of the conversation until the agent has finished. Then it is answered, except for backchannels:
    they are forgotten, unless the agent finished so soon after them that they were the answer to it.

    Args:
        words: how many interrupt, backchannels aside; 0 for a voice without any.
        protects: what of the agent's speech is heard in any case.
    """

    def __init__(self, words: int, protects: Protects = Protects.NOTHING) -> None:
        super().__init__()
        self._words = words
        self._shield = Shield(protects)
        self._remark = Remark()
        self._tools: set[str] = set()
        self._in_turn = False
        self._hears_voice = False
        self._is_far = False
        self._is_leaving = False
        self._is_spent = False
        self._doubt: asyncio.TimerHandle | None = None
        self._doubts_since = 0.0

    @property
    def resolves_proposed_turn_start_frames(self) -> bool:
        return True

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        self._settle()

    async def handle_user_turn_started(self) -> None:
        await super().handle_user_turn_started()  # type: ignore[no-untyped-call]
        self._in_turn = True
        # The interruption drops a hang-up.
        self._is_leaving = self._is_spent = self._is_far = False
        if not self._shield.is_up:  # else it was begun by keys, and what was said is answered later
            self._remark = Remark()
        self._settle()

    async def handle_user_turn_stopped(self) -> None:
        await super().handle_user_turn_stopped()  # type: ignore[no-untyped-call]
        self._in_turn = False

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        was_up = self._shield.is_up
        came_down = self._shield.follow(frame)
        self._notice(frame)
        if self._in_turn:
            return CONTINUE
        if came_down:
            return await self._unprotected()
        if self._shield.is_up and not was_up:
            await self._play_on()
        match frame:
            case VADUserStartedSpeakingFrame() | ProposedUserStartedSpeakingFrame():
                return await self._voice(getattr(frame, "start_secs", 0.0))
            case InterimTranscriptionFrame() | TranscriptionFrame():
                return await self._hear(frame)
            case ProposedUserStoppedSpeakingFrame():
                await self._utterance_over()
            case BotStoppedSpeakingFrame():
                return await self._agent_finished()
        return CONTINUE

    def _notice(self, frame: Frame) -> None:
        """What makes a difference to what is said next."""
        match frame:
            case VADUserStartedSpeakingFrame():
                self._hears_voice, self._is_far = True, False
            case VADUserStoppedSpeakingFrame():
                self._hears_voice = False
            case FarVoiceFrame():
                self._is_far = True
            case HangUpFrame():
                self._is_leaving = True
            case FunctionCallsStartedFrame():
                self._tools |= {call.tool_call_id for call in frame.function_calls}
            case FunctionCallResultFrame() | FunctionCallCancelFrame():
                self._tools.discard(frame.tool_call_id)

    async def _voice(self, since: float) -> ProcessFrameResult:
        """Somebody began to speak, so many seconds ago; nobody knows what."""
        if self._shield.is_up:
            return CONTINUE
        if not self._shield.agent_speaks or not self._words:
            return await self._begin()
        self._is_spent = False
        self._expect_words(CONFIRM_WITHIN - since)
        return CONTINUE

    async def _hear(self, frame: Transcript) -> ProcessFrameResult:
        if not has_words(frame.text):
            return CONTINUE
        if not self._is_far:
            self._remark.add(frame, _now(), leaving=self._is_leaving)
            if self._interrupts():
                return await self._begin(frame)
        if isinstance(frame, TranscriptionFrame):
            await self.trigger_reset_aggregation()  # type: ignore[no-untyped-call]
        if self._remark.is_backchannel:
            await self._play_on()
        elif self._doubt is not None and self._remark.is_under_way:
            self._expect_words(CONFIRM_WITHIN)
        return CONTINUE

    def _interrupts(self) -> bool:
        if not self._shield.agent_speaks:
            return not (self._is_spent and self._remark.is_backchannel)
        return not self._shield.is_up and self._remark.beyond >= self._words

    async def _utterance_over(self) -> None:
        self._remark.end()
        self._is_spent = False
        if not self._hears_voice:
            await self._play_on()
        if not self._shield.agent_speaks:
            self._is_far = False

    async def _unprotected(self) -> ProcessFrameResult:
        """The agent goes on, and may be interrupted from here on."""
        if self._remark.worth >= max(1, self._words) or (self._hears_voice and not self._words):
            return await self._begin()
        if self._hears_voice:
            self._expect_words(CONFIRM_WITHIN)
        return CONTINUE

    async def _agent_finished(self) -> ProcessFrameResult:
        await self._play_on()
        fresh = self._remark.is_fresh(_now())
        # Said while a tool is at work it answers nothing, and would stop the tool.
        answers = fresh and not self._tools and not self._is_leaving
        if self._remark.kept and (self._remark.worth or answers):
            return await self._begin()
        self._is_spent = self._remark.is_under_way and not fresh
        if not self._remark.is_under_way:
            self._remark = Remark()
        return CONTINUE

    async def _begin(self, frame: Transcript | None = None) -> ProcessFrameResult:
        """The turn begins, with all that was kept; the frame that is being processed is in it already."""
        kept = self._remark.kept
        is_over = not self._remark.is_under_way and not self._hears_voice
        early = [words for words in kept if words is not frame]
        if early:
            await self.trigger_reset_aggregation()  # type: ignore[no-untyped-call]
        await self.trigger_user_turn_started()
        for words in kept if early else ():
            await self.push_frame(words)
        # The end that came right behind the words is lost in the aggregator's own queue: an interruption
        # purges it.
        if (early and is_over) or (isinstance(frame, TranscriptionFrame) and frame.finalized):
            await self.push_frame(ProposedUserStoppedSpeakingFrame())
        return STOP

    # Doubt: the caller made a sound, and the agent's voice was ducked or held for it.

    def _expect_words(self, seconds: float) -> None:
        if not self._settle():
            self._doubts_since = _now()
        until = min(_now() + seconds, self._doubts_since + LONGEST_DOUBT)
        loop = asyncio.get_running_loop()
        self._doubt = loop.call_at(until, lambda: self.create_task(self._play_on(), "play on"))

    def _settle(self) -> bool:
        """Doubt no more; whether there was any."""
        doubt, self._doubt = self._doubt, None
        if doubt is not None:
            doubt.cancel()
        return doubt is not None

    async def _play_on(self) -> None:
        if self._settle():
            await self.broadcast_frame(PlayOnFrame)


def _now() -> float:
    return asyncio.get_running_loop().time()
