"""Turns the tokens of a language model into what a voice can say: sentences, and an early first clause."""

from collections import deque
from collections.abc import Iterable

from pipecat.frames.frames import (
    AggregatedTextFrame,
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    StopFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.utils.text.base_text_aggregator import TextType

from processors.clauses import Clauses
from processors.direct import DirectStage
from processors.frames import HangUpFrame, LanguageFrame, TakeBackFrame
from processors.speculation import Speculation, speculation_of
from processors.spoken_text import spoken_text

MUST_NOT_OVERTAKE = (
    LLMFullResponseStartFrame,
    LLMFullResponseEndFrame,
    TTSSpeakFrame,
    HangUpFrame,
    LanguageFrame,
    EndFrame,
    StopFrame,
)
"""Frames before which everything held is said: they speak, or they end something."""


class SentenceSplitter(DirectStage):
    """Stands between the language model and the voice.

    ``LLMTextFrame`` goes in; ``AggregatedTextFrame`` of ``TextType.SENTENCE`` comes out as soon as its end is
    certain, without the white space around it and without Markdown. An interruption drops what is held, and
    so does the withdrawal of a speculation. Text that is not to be spoken and every other frame pass as they
    are.

    Args:
        language: code of the language that is spoken, with or without a region, until the call is in another.
    """

    def __init__(self, language: str = "en") -> None:
        super().__init__()
        self._clauses = Clauses(language)
        self._unsaid: deque[AggregatedTextFrame] = deque()
        self._append_to_context = True
        self._speculation: Speculation | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame) or self._is_withdrawn(frame):
            self._clauses.drop()
            self._unsaid.clear()
        elif direction is FrameDirection.DOWNSTREAM:
            if isinstance(frame, LLMTextFrame) and not frame.skip_tts:
                self._append_to_context = frame.append_to_context
                await self._say(self._clauses.feed(frame.text))
                return
            if isinstance(frame, TakeBackFrame):
                self._clauses.take_back(frame.text)
                return
            if isinstance(frame, MUST_NOT_OVERTAKE):
                await self._say(self._clauses.finish())
            if isinstance(frame, LanguageFrame):
                self._clauses = Clauses(frame.code)
            if isinstance(frame, LLMFullResponseStartFrame):
                self._speculation = speculation_of(frame)
        await self.push_frame(frame, direction)

    def _is_withdrawn(self, frame: Frame) -> bool:
        """Whether a frame ends a reply that nobody wants any more."""
        ends = isinstance(frame, (EagerEndOfTurnCancelFrame, LLMFullResponseEndFrame))
        return ends and self._speculation is not None and self._speculation.is_withdrawn

    async def _say(self, units: Iterable[str]) -> None:
        # In direct mode another task may enter while a push waits: it may interrupt, or carry on from here.
        self._unsaid.extend(self._frame(text) for unit in units if (text := spoken_text(unit)))
        while self._unsaid:
            await self.push_frame(self._unsaid.popleft())

    def _frame(self, text: str) -> AggregatedTextFrame:
        frame = AggregatedTextFrame(text, TextType.SENTENCE)
        frame.append_to_context = self._append_to_context
        frame.includes_inter_frame_spaces = False
        return frame
