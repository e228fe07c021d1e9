"""When a caller's turn begins and ends, as strategies of pipecat's user aggregator.

A turn begins at the local VAD, or at the first words where the VAD missed them. It ends when Deepgram says
so: its endpointing looks at the words and at the silence, and its proposal comes behind the words it closes.
"""

import asyncio

from pipecat.frames.frames import (
    Frame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import TranscriptionUserTurnStartStrategy, VADUserTurnStartStrategy
from pipecat.turns.user_stop import BaseUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

JUST_NOW = 0.35
"""Seconds that an endpoint may be on its way: one that comes later has seen the caller go on."""


class EndpointingTurnStop(BaseUserTurnStopStrategy):
    """Ends a turn at the speech recogniser's endpoint, at once and only with words.

    An endpoint that comes when the caller has already gone on speaking is late: it waits for the silence.
    """

    def __init__(self) -> None:
        super().__init__()
        self._words = False
        self._paused = False
        self._resumed_at: float | None = None
        self._late = False

    @property
    def resolves_proposed_turn_stop_frames(self) -> bool:
        return True

    async def handle_user_turn_started(self) -> None:
        await super().handle_user_turn_started()  # type: ignore[no-untyped-call]
        self._words = self._paused = self._late = False
        self._resumed_at = None

    async def handle_user_turn_stopped(self) -> None:
        await super().handle_user_turn_stopped()  # type: ignore[no-untyped-call]
        self._words = self._late = False

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        if isinstance(frame, TranscriptionFrame):
            self._words = self._words or bool(frame.text.strip())
            self._late = False
        elif isinstance(frame, VADUserStartedSpeakingFrame):
            self._resumed_at = _now() if self._paused else None
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            await self._pause()
        elif isinstance(frame, ProposedUserStoppedSpeakingFrame):
            await self._endpoint()
        return ProcessFrameResult.CONTINUE

    async def _pause(self) -> None:
        self._paused, self._resumed_at = True, None
        if self._late:
            await self._stop()

    async def _endpoint(self) -> None:
        self._late = self._resumed_at is not None and _now() - self._resumed_at < JUST_NOW
        if not self._late:
            await self._stop()

    async def _stop(self) -> None:
        if self._words:
            self._late = False
            await self.trigger_user_turn_stopped()


def _now() -> float:
    return asyncio.get_running_loop().time()


def endpointing() -> UserTurnStrategies:
    """Turns that begin at the VAD (or the first words) and end at Deepgram's endpoint."""
    return UserTurnStrategies(
        start=[VADUserTurnStartStrategy(), TranscriptionUserTurnStartStrategy()],
        stop=[EndpointingTurnStop()],
    )
