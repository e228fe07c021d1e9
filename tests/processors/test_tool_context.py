"""The context's answers to tool calls, whichever frame comes first."""

from typing import Any

from pipecat.frames.frames import (
    FunctionCallCancelFrame,
    FunctionCallFromLLM,
    FunctionCallInProgressFrame,
    FunctionCallsStartedFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext

from processors import tool_messages as messages
from processors.conversation import Conversation
from processors.tool_once import Deeds

STARTED = FunctionCallsStartedFrame([FunctionCallFromLLM("book", "1", {}, LLMContext())])
IN_PROGRESS = FunctionCallInProgressFrame("book", "1", {}, cancel_on_interruption=True)
CANCEL = FunctionCallCancelFrame("book", "1")


async def answers(*frames: Any) -> tuple[list[Any], bool]:
    """What the context says of each call after these frames, and whether any is taken to be running."""
    context = LLMContext()
    assistant: Any = Conversation(context, Deeds()).assistant()
    handlers = {
        FunctionCallsStartedFrame: assistant._handle_function_calls_started,
        FunctionCallInProgressFrame: assistant._handle_function_call_in_progress,
        FunctionCallCancelFrame: assistant._handle_function_call_cancel,
    }
    for frame in frames:
        await handlers[type(frame)](frame)
    told = [m["content"] for m in context.messages if isinstance(m, dict) and m["role"] == "tool"]
    return told, assistant.has_function_calls_in_progress


async def test_a_call_that_runs_is_in_progress() -> None:
    assert await answers(STARTED, IN_PROGRESS) == (["IN_PROGRESS"], True)


async def test_a_cancelled_call_says_so() -> None:
    assert await answers(STARTED, IN_PROGRESS, CANCEL) == ([messages.STOPPED], False)


async def test_a_call_whose_cancellation_came_first_says_so_too() -> None:
    assert await answers(STARTED, CANCEL, IN_PROGRESS) == ([messages.STOPPED], False)


async def test_a_call_cancelled_before_it_ran_is_not_taken_to_be_running() -> None:
    assert await answers(STARTED, CANCEL) == ([], False)
