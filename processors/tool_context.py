"""The assistant's half of the conversation, with an answer to every tool call."""

from typing import Any

from pipecat.frames.frames import FunctionCallCancelFrame, FunctionCallInProgressFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMAssistantAggregator

from processors import tool_messages as messages
from processors.tool_once import Deeds


class AnsweringAssistant(LLMAssistantAggregator):
    """Leaves no tool call unanswered, in whichever order the news comes.

    That a tool was called keeps its place behind what was said before, and waits until that was heard. That
    it was cancelled overtakes it. pipecat's aggregator then writes "in progress" for good.
    """

    def __init__(self, context: LLMContext, deeds: Deeds, user: Any) -> None:
        super().__init__(context, _paired_user_aggregator=user)
        self._deeds = deeds
        self._overtaken: set[str] = set()

    async def _handle_function_call_in_progress(self, frame: FunctionCallInProgressFrame) -> None:
        await super()._handle_function_call_in_progress(frame)
        if frame.tool_call_id in self._overtaken:
            self._overtaken.discard(frame.tool_call_id)
            self._function_calls_in_progress.pop(frame.tool_call_id)
            self._settle(frame.tool_call_id)

    async def _handle_function_call_cancel(self, frame: FunctionCallCancelFrame) -> None:
        if self._function_calls_in_progress.get(frame.tool_call_id) is None:
            self._function_calls_in_progress.pop(frame.tool_call_id, None)
            self._overtaken.add(frame.tool_call_id)
        await super()._handle_function_call_cancel(frame)
        self._settle(frame.tool_call_id)

    def _settle(self, tool_call_id: str) -> None:
        messages.settle(self.context, tool_call_id, self._deeds.answer(tool_call_id))
