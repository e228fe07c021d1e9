"""A reply to a turn that may not be over: the model starts it, the voice holds it, the turn settles it.

pipecat holds such a reply at the model, so its voice begins only when the turn is over. Here the model's
frames pass, and what is held is speech: the first sentence is there when the turn ends.
"""

import asyncio
from enum import Enum

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseStartFrame,
    MetricsFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.speculation_gate import GatedFrame, SpeculationGate

MARK = "speculation"
"""Key in the metadata of the frame that begins such a reply."""

WITHDRAWING = (EagerEndOfTurnCancelFrame, InterruptionFrame, EndFrame)
"""Frames after which the reply is not wanted any more."""

SETTLING = (*WITHDRAWING, UserStoppedSpeakingFrame)
"""Frames by which a stage behind the model learns what became of the reply."""


class Verdict(Enum):
    """What became of a speculation."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Speculation:
    """One reply to a turn that may not be over. Settled once, by the model's stage, and never again."""

    __slots__ = ("_settled", "verdict")

    def __init__(self) -> None:
        self.verdict = Verdict.PENDING
        self._settled = asyncio.Event()

    @property
    def is_pending(self) -> bool:
        return self.verdict is Verdict.PENDING

    @property
    def is_withdrawn(self) -> bool:
        return self.verdict is Verdict.WITHDRAWN

    def settle(self, verdict: Verdict) -> None:
        """The turn is over, or goes on. Only the first word counts."""
        if self.is_pending:
            self.verdict = verdict
            self._settled.set()

    async def settled(self) -> Verdict:
        """Wait for the verdict. Whoever speculates bounds the time that this takes."""
        await self._settled.wait()
        return self.verdict


def speculation_of(frame: Frame) -> Speculation | None:
    """The speculation that begins with a frame."""
    found = frame.metadata.get(MARK)
    return found if isinstance(found, Speculation) else None


class VoiceGate(SpeculationGate):
    """pipecat's gate at the model, left open for words: the frame that begins the reply says what it is.

    Measurements are kept back until the turn is over; of a withdrawn reply there are none.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.speculation: Speculation | None = None
        """The reply under way, or the last one, if it is one to a turn that was not over."""
        self._ended = False
        self._kept: list[GatedFrame] = []

    @property
    def is_speculating(self) -> bool:
        return self.speculation is not None and self.speculation.is_pending

    def begin_speculation(self, speculation: bool) -> None:
        self.withdraw()
        # The end of a turn overtakes a context on its way; then there is nothing to hold for.
        self.speculation = Speculation() if speculation and not self._ended else None

    def withdraw(self) -> None:
        """The reply is not wanted any more, if it was not confirmed."""
        self._kept.clear()
        if self.speculation is not None:
            self.speculation.settle(Verdict.WITHDRAWN)

    def process(self, frame: Frame, direction: FrameDirection) -> list[GatedFrame]:
        passed = [(frame, direction)]
        if direction is not FrameDirection.DOWNSTREAM:
            return passed
        if isinstance(frame, UserStoppedSpeakingFrame):
            return passed + self._confirm()
        if isinstance(frame, MetricsFrame):
            return self._measured(passed)
        if isinstance(frame, WITHDRAWING):
            self.withdraw()
        elif isinstance(frame, UserStartedSpeakingFrame):
            self._ended = False
        elif isinstance(frame, LLMFullResponseStartFrame) and self.speculation is not None:
            frame.metadata[MARK] = self.speculation
        return passed

    def _confirm(self) -> list[GatedFrame]:
        self._ended = True
        if self.speculation is not None:
            self.speculation.settle(Verdict.CONFIRMED)
        kept, self._kept = self._kept, []
        return kept

    def _measured(self, passed: list[GatedFrame]) -> list[GatedFrame]:
        if self.speculation is None or self.speculation.verdict is Verdict.CONFIRMED:
            return passed
        if self.speculation.is_pending:
            self._kept += passed
        return []
