"""Words beside the conversation, said while the caller waits: a filler, "one moment, please"."""

from typing import Any

from pipecat.frames.frames import Frame, FunctionCallResultFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_response_universal import LLMAssistantAggregator
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.floor import Floor


class Asides:
    """Says such words in one call. The model never learns of them, and its reply does not wait for their end.

    They enter the pipeline behind the model: ahead of it, they could come out after the reply to a tool that
    has just finished.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._is_aside = False
        self._agent_spoke = False
        self.entrance: FrameProcessor = floor
        """The stage behind which the words enter."""
        floor.watch(self._changed)

    def attach(self, entrance: FrameProcessor, assistant: LLMAssistantAggregator | None) -> None:
        """Take the model, behind which the words enter, and what keeps its replies waiting meanwhile."""
        self.entrance = entrance
        if assistant is not None:
            assistant.add_event_handler("on_after_process_frame", self._let_reply_begin)

    async def say(self, text: str) -> None:
        """Say it when what is being said is over."""
        self._is_aside = self._floor.hears_aside = not self._floor.agent_speaks
        await self.entrance.push_frame(TTSSpeakFrame(text, append_to_context=False))

    def _changed(self) -> None:
        speaks = self._floor.agent_speaks
        if self._agent_spoke and not speaks:
            self._is_aside = False
        self._agent_spoke = speaks

    async def _let_reply_begin(self, assistant: Any, frame: Frame) -> None:
        """Run the model on a tool's result at once.

        pipecat puts that off while the agent speaks, lest the model repeat what it is just saying. Of an
        aside it says nothing.
        """
        if not (isinstance(frame, FunctionCallResultFrame) and self._is_aside):
            return
        if getattr(assistant, "_push_context_on_bot_stopped_speaking", False):
            self._is_aside = False
            await assistant.push_context_frame(FrameDirection.UPSTREAM)
