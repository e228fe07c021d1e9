"""The conversation, as pipecat keeps it, in the order in which it took place."""

import asyncio
from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    TranscriptionFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.types import UserTurnSpeculation

from processors.tool_context import AnsweringAssistant
from processors.tool_once import Deeds

COMMIT_LIMIT = 1.0
"""Seconds that an interruption may take to the assistant's half; pipecat gives a stage as long to stop."""


class Conversation(LLMContextAggregatorPair):
    """``.user()`` stands before the model, ``.assistant()`` behind what the caller hears.

    Args:
        context: what is kept.
        deeds: tools with side effects that run, or ran.
        user_params: of the user's half.
    """

    def __init__(
        self, context: LLMContext, deeds: Deeds, *, user_params: LLMUserAggregatorParams | None = None
    ) -> None:
        # Not pipecat's own halves, which its pair would build.
        committed = asyncio.Event()
        self._user: LLMUserAggregator = UserContext(
            context, user_params or LLMUserAggregatorParams(), committed
        )
        self._assistant = AssistantContext(context, deeds, self._user, committed)
        deeds.tell = self._tell

    async def _tell(self, told: list[Any], speak: bool) -> None:
        # To its own queue: in front of the voice it would wait for what is being said, and be interrupted.
        await self.assistant().queue_frame(LLMMessagesAppendFrame(told, run_llm=speak))


class UserContext(LLMUserAggregator):
    """Adds what the caller said behind the words of the agent that it interrupted.

    The interruption takes its way through every stage to the assistant's half, which adds those words; the
    caller's can be final sooner.
    """

    def __init__(
        self, context: LLMContext, params: LLMUserAggregatorParams, committed: asyncio.Event
    ) -> None:
        super().__init__(context, params=params)
        self.on_words: Callable[[], None] = lambda: None
        """Called when there are other words of the caller than before."""
        self._interim = ""
        self._committed = committed
        committed.set()

    @property
    def words(self) -> str:
        """What the caller has said since the last turn, as far as it is understood."""
        return f"{self.aggregation_string() if self._aggregation else ''} {self._interim}".strip()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, (InterimTranscriptionFrame, TranscriptionFrame)):
            self._interim = frame.text if isinstance(frame, InterimTranscriptionFrame) else ""
            self.on_words()

    async def broadcast_interruption(self) -> None:
        self._committed.clear()
        await super().broadcast_interruption()  # type: ignore[no-untyped-call]

    async def _push_aggregation(self, *, run_llm: bool = True) -> str:
        await self._until_committed()
        self._interim = ""
        return await super()._push_aggregation(run_llm=run_llm)

    async def _run_speculative_inference(self, speculation: UserTurnSpeculation) -> None:
        await self._until_committed()
        await super()._run_speculative_inference(speculation)

    async def _until_committed(self) -> None:
        try:
            async with asyncio.timeout(COMMIT_LIMIT):
                await self._committed.wait()
        except TimeoutError:
            self._committed.set()  # a stage lost the interruption; the conversation goes on without it


class AssistantContext(AnsweringAssistant):
    """Says when the words that were heard before an interruption stand in the context."""

    def __init__(self, context: LLMContext, deeds: Deeds, user: Any, committed: asyncio.Event) -> None:
        super().__init__(context, deeds, user)
        self._committed = committed

    async def _handle_interruptions(self, frame: InterruptionFrame) -> None:
        await super()._handle_interruptions(frame)
        self._committed.set()
