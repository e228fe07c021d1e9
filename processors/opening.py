"""The first words of a call that we make: what the callee says until they are greeted is not the model's."""

from collections.abc import Awaitable, Callable

from pipecat.frames.frames import Frame, LLMContextFrame, LLMContextUserTurnFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.direct import DirectStage


class Opening(DirectStage):
    """Stands right before the model, and asks at each turn of the callee who is to answer it.

    A turn that is not the model's stays in the conversation: what is said instead is the reply to it.

    Args:
        heard: told the words of each turn; whether the model answers them.
    """

    def __init__(self, heard: Callable[[str], Awaitable[bool]]) -> None:
        super().__init__()
        self._heard = heard
        self._withheld: str | None = None
        self.is_shut = True
        """Whether the model is to say nothing at all: guesses at the end of a turn, and sounds without words,
        ask for it too."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
        elif isinstance(frame, LLMContextUserTurnFrame):
            await self.push_frame(frame)
            # The turn's words come ahead of the frame that would have them answered.
            self._withheld = None if await self._heard(frame.text) else frame.text
        elif not (isinstance(frame, LLMContextFrame) and self._withholds(frame)):
            await self.push_frame(frame)

    def _withholds(self, frame: LLMContextFrame) -> bool:
        if self.is_shut or frame.speculation:
            return self.is_shut
        last = frame.context.messages[-1] if frame.context.messages else None
        withheld, self._withheld = self._withheld, None
        return withheld is not None and isinstance(last, dict) and last.get("content") == withheld
