"""Speech to text for lines whose turns end by smart-turn: keeps the turn's sound and has it judged."""

from collections.abc import Awaitable, Callable
from typing import Any

from pipecat.frames.frames import Frame, StartFrame, UserStoppedSpeakingFrame
from pipecat.processors.frame_processor import FrameDirection

from processors import g711, smart_turn
from processors.deepgram import Deepgram
from processors.deepgram_stt import DeepgramSTT
from processors.frames import TurnJudgedFrame
from processors.replay import Replay

Judge = Callable[[bytes], Awaitable[float | None]]
"""Takes a turn's mu-law; how likely it is over, or None."""

BEFORE = 500 * g711.BYTES_PER_MS
"""Bytes before the first sound of a turn that are judged with it, as the model was trained."""


class SmartTurnSTT(DeepgramSTT):
    """:class:`DeepgramSTT` that says at each pause how likely the turn is over (``TurnJudgedFrame``).

    Args:
        deepgram: opens the socket.
        judge: who judges; without one, the model of the process.
        options: those of :class:`DeepgramSTT`.
    """

    def __init__(self, deepgram: Deepgram, *, judge: Judge | None = None, **options: Any) -> None:
        super().__init__(deepgram, **options)
        self._judge = judge
        self._recent = Replay(smart_turn.SECONDS * 1000)
        self._began: int | None = None
        self._pauses = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, UserStoppedSpeakingFrame):
            self._began = None
        elif isinstance(frame, StartFrame) and self._judge is None:
            self._judge = smart_turn.shared().judge  # the model loads while the caller is greeted
        await super().process_frame(frame, direction)

    def _feed(self, mulaw: bytes) -> None:
        super()._feed(mulaw)
        self._recent.append(mulaw)

    def _speech_began(self) -> None:
        super()._speech_began()
        self._pauses += 1
        if self._began is None:
            self._began = max(self._recent.start, self._recent.end - BEFORE)

    def _speech_ended(self, seconds: float) -> None:
        super()._speech_ended(seconds)
        self._pauses += 1
        self.create_task(self._judge_pause(self._pauses), "judge")

    async def _judge_pause(self, pause: int) -> None:
        judge = self._judge or smart_turn.shared().judge
        began = max(self._recent.start, self._began or 0)
        likely = await judge(self._recent.read(began, len(self._recent)))
        if not self._over and pause == self._pauses:  # else the caller has gone on
            await self.push_frame(TurnJudgedFrame(likely))
