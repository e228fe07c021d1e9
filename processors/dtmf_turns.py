"""Keys begin and end a caller's turn, as words do; strategies of pipecat's user aggregator."""

import asyncio
from collections.abc import Callable

from pipecat.frames.frames import Frame, VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import BaseUserTurnStartStrategy
from pipecat.turns.user_stop import BaseUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from processors.frames import KeysFrame, KeysSoFarFrame

WORDS_UNDER_WAY = 1.0
"""Seconds after the caller's last sound in which its words may still come."""


class KeysTurnStart(BaseUserTurnStartStrategy):
    """Begins a turn at the first key. Keys are no noise, so nothing has to confirm them.

    Args:
        may_interrupt: whether what the agent is saying now may be cut; else it is heard, and answered after.
    """

    def __init__(self, may_interrupt: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self._may_interrupt = may_interrupt

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        if not isinstance(frame, (KeysSoFarFrame, KeysFrame)):
            return ProcessFrameResult.CONTINUE
        await self.trigger_user_turn_started(enable_interruptions=self._may_interrupt())
        return ProcessFrameResult.STOP


class KeysTurnStop(BaseUserTurnStopStrategy):
    """Ends a turn at its last key, unless the caller speaks as well: then the end of the speech ends it."""

    def __init__(self) -> None:
        super().__init__()
        self._speaks = False
        self._spoke_at = float("-inf")

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaks = True
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._speaks = False
            self._spoke_at = asyncio.get_running_loop().time()
        elif isinstance(frame, KeysFrame) and not self._words_may_come():
            await self.trigger_user_turn_stopped()
            return ProcessFrameResult.STOP
        return ProcessFrameResult.CONTINUE

    def _words_may_come(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._speaks or now - self._spoke_at < WORDS_UNDER_WAY


def with_keys(
    strategies: UserTurnStrategies, may_interrupt: Callable[[], bool] = lambda: True
) -> UserTurnStrategies:
    """Turns as the strategies have them, and turns of keys."""
    return UserTurnStrategies(
        start=[KeysTurnStart(may_interrupt), *(strategies.start or ())],
        stop=[KeysTurnStop(), *(strategies.stop or ())],
    )
