"""The end of a caller's turn, whatever detects it: with words, with patience, and with a reply under way.

A detector says "over"; this decides. Words that look unfinished get more silence, a turn without words ends
after a while, and a reply that was begun on a guess is confirmed or withdrawn.
"""

import asyncio

from pipecat.frames.frames import (
    CancelFrame,
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    EndFrame,
    Frame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.types import ProcessFrameResult, UserTurnSpeculation
from pipecat.turns.user_stop import BaseUserTurnStopStrategy, NormalizedMatch

from processors.frames import CallerStoppedFrame, FinalWordsFrame
from processors.patience import MOST_SILENCE, Patience
from processors.turn_stop_timers import Timers
from processors.turn_stop_words import TurnWords

QUIET = 2.0
"""Seconds without a sign of the caller after which a turn is over, words or not: a cough, a slammed door."""

SLOW = 1.5
"""Seconds behind the last sound in which its words come, however slow the recogniser."""

LAST_RESORT = MOST_SILENCE + QUIET
"""Seconds after which pipecat's aggregator may end a turn by itself: only if all else has failed."""

GUESS_LIMIT = 5.0
"""Seconds for which a reply begun on a guess is held; Flux's own silence timeout is as long."""

SAME_WORDS = NormalizedMatch()
"""A guess stands if only capitals and punctuation differ from what was said in the end."""


class TurnStop(BaseUserTurnStopStrategy):
    """Ends a turn when its detector is sure and the words look finished.

    Subclasses detect: they set :attr:`silence` when the turn may end, and call :meth:`reconsider`.

    Args:
        patience: what the caller is expected to say; without it, only the words count.
    """

    def __init__(self, patience: Patience | None = None) -> None:
        super().__init__()
        self.silence: float | None = None
        """Seconds of silence behind the last word after which the turn may end; None while it may not."""
        self.speaking = False
        """Whether the VAD hears the caller."""
        self._patience = Patience() if patience is None else patience
        self.words = TurnWords()
        self._is_audible = False
        self._heard_until = 0.0
        self._is_open = False
        self._has_asked = False
        self._guess: str | None = None
        self._timers = Timers(lambda what: self.create_task(self._over_time(what), what))

    @property
    def resolves_proposed_turn_stop_frames(self) -> bool:
        return True

    # What a detector does.

    async def on_speech(self) -> None:
        """The caller speaks."""

    async def on_pause(self) -> None:
        """The caller has paused, by the VAD."""

    async def on_words(self) -> None:
        """There are new words, which may still change."""

    async def on_endpoint(self) -> None:
        """The recogniser takes the turn for over."""

    async def on_frame(self, frame: Frame) -> None:
        """Any other frame."""

    # What all have in common.

    async def handle_user_turn_started(self) -> None:
        await super().handle_user_turn_started()  # type: ignore[no-untyped-call]
        self._is_open = True
        self._start_anew()
        self._watch()

    async def handle_user_turn_stopped(self) -> None:
        await super().handle_user_turn_stopped()  # type: ignore[no-untyped-call]
        self._is_open = False
        self._patience.turn_over(self.words.text)
        self._start_anew()
        self._timers.stop_all()
        await self.withdraw()

    async def cleanup(self) -> None:
        self._timers.stop_all()
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        match frame:
            case InterimTranscriptionFrame() | TranscriptionFrame():
                if frame.text.strip():
                    await self._take_words(frame)
            case EagerTranscriptionFrame():
                await self.guess(f"{self.words.text} {frame.text}".strip())
            case VADUserStartedSpeakingFrame():
                self.speaking = self._is_audible = True
                self._timers.stop("patience")
                await self.on_speech()
            case ProposedUserStartedSpeakingFrame():
                self._is_audible = True
                self._goes_on()
            case VADUserStoppedSpeakingFrame():
                await self._take_pause(frame)
            case ProposedUserStoppedSpeakingFrame():
                self._is_audible = False
                await self.on_endpoint()
            case _:
                await self._take_other(frame)
                return ProcessFrameResult.CONTINUE
        self._watch()
        return ProcessFrameResult.CONTINUE

    async def _take_words(self, frame: InterimTranscriptionFrame | TranscriptionFrame) -> None:
        self.words.add(frame)
        if self._guess is not None and not SAME_WORDS.matches(self._guess, self.words.text_so_far):
            await self.withdraw()
        self._goes_on()
        if not self.speaking and _now() - self._heard_until > SLOW:
            self._heard_until = _now()  # the VAD has missed them
        await self.on_words()
        if self._patience.is_complete(self.words.text_so_far):
            await self._complete()

    async def _take_pause(self, frame: VADUserStoppedSpeakingFrame) -> None:
        self.speaking = self._is_audible = False
        known = isinstance(frame, CallerStoppedFrame) and frame.ended_at > 0.0
        self._heard_until = frame.ended_at if known else _now() - frame.stop_secs  # type: ignore[attr-defined]
        await self.on_pause()
        if self._patience.is_complete(self.words.text_so_far):
            await self._complete()
        else:
            await self.reconsider()

    async def _complete(self) -> None:
        """All that was asked for has been said: nobody waits for a detector."""
        if not self.words.are_pending:
            self.silence = 0.0
            await self.reconsider()
        elif not self.speaking:
            await self.ask_for_words()

    async def _take_other(self, frame: Frame) -> None:
        if isinstance(frame, (EagerEndOfTurnCancelFrame, InterruptionFrame)):
            self._forget()
        elif isinstance(frame, (EndFrame, CancelFrame)):
            self._timers.stop_all()
            await self.withdraw()
        else:
            await self.on_frame(frame)

    def _start_anew(self) -> None:
        self.words.clear()
        self._has_asked = False
        self.silence = None

    def _goes_on(self) -> None:
        self.silence = None
        self._timers.stop("patience")

    async def reconsider(self) -> None:
        """End the turn if it is time, or look again when it will be."""
        if self.silence is None or not self.words.text or not self._is_open:
            return
        wait = self._due_at() - _now()
        if wait <= 0:
            await self._end()
        else:
            self._timers.start("patience", wait)

    async def ask_for_words(self) -> None:
        """Have the recogniser make final what is interim."""
        if self._is_open and self.words.are_pending and not self._has_asked:
            self._has_asked = True
            await self.push_frame(FinalWordsFrame(), FrameDirection.UPSTREAM)

    def _due_at(self) -> float:
        """When so much silence has passed as the detector and the words ask for."""
        patience = self._patience.silence(self.words.text_so_far)
        if self.speaking:
            # The VAD's own hangover is still running: the recogniser was faster, and the silence begins now.
            return _now() + patience
        return self._heard_until + max(self.silence or 0.0, patience)

    async def _end(self) -> None:
        if self._is_audible:
            return  # pipecat's controller would begin a reply and not end the turn
        self._timers.stop_all()
        guess, self._guess = self._guess, None
        if guess is None:
            await self.trigger_user_turn_stopped()
        elif SAME_WORDS.matches(guess, self.words.text):
            await self.trigger_user_turn_finalized(confirms_speculation=True)
        else:
            await self.trigger_user_turn_speculation_cancelled()  # type: ignore[no-untyped-call]
            await self.trigger_user_turn_stopped()

    # A reply that is begun before the turn is over.

    async def guess(self, text: str) -> None:
        """Have the model reply to a turn that will probably be over with these words."""
        if not self._is_open or not text or self._guess == text:
            return
        await self.withdraw()
        if self._patience.silence(text) > 0:
            return
        self._guess = text
        self._timers.start("guess", GUESS_LIMIT)
        await self.trigger_user_turn_inference_triggered(speculation=UserTurnSpeculation(text))

    async def withdraw(self) -> None:
        """The guess was wrong: its reply is not wanted."""
        if self._guess is not None:
            self._forget()
            await self.trigger_user_turn_speculation_cancelled()  # type: ignore[no-untyped-call]

    def _forget(self) -> None:
        self._guess = None
        self._timers.stop("guess")

    # Time.

    def _watch(self) -> None:
        """There was a sign of the caller; the next one may take a while."""
        if self._is_open:
            self._timers.start("quiet", QUIET)

    async def _over_time(self, what: str) -> None:
        if what == "guess":
            await self.withdraw()
        elif self._is_open and "patience" not in self._timers:
            await self._end()


def _now() -> float:
    return asyncio.get_running_loop().time()
