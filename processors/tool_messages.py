"""What stands about tool calls in a model's context: pure functions over its messages."""

import json
from collections.abc import Sequence
from typing import Any, cast

from pipecat.processors.aggregators.llm_context import LLMContext

RUNNING = (
    "Being carried out: the caller has spoken meanwhile, but it cannot be stopped any more. "
    "Its result will stand here. Do not call it again."
)
STOPPED = (
    "Stopped before anything was done, because the caller spoke. Call it again only if it is still wanted."
)
UNKNOWN = (
    "It may or may not have been carried out. Do not call it again: say so, and that somebody will check."
)
A_WORD_OR_TWO = 2
"""Words of the caller up to which they still wait for a result: "hello?", "are you?", "okay"."""


def write(result: Any) -> str:
    """A result as a tool message holds it."""
    return json.dumps(result, ensure_ascii=False)


def settle(context: LLMContext, tool_call_id: str, content: str) -> bool:
    """Have the answer to a tool call say something else; whether there is one."""
    for message in cast(list[Any], context.messages):
        if _answers(message, tool_call_id):
            message["content"] = content
            return True
    return False


def turns_of_caller(context: LLMContext) -> int:
    """How often the caller has spoken."""
    return len(_said(context.messages))


def said_since(context: LLMContext, tool_call_id: str) -> list[str] | None:
    """What the caller has said since a tool was called; None if that call is not in the context any more."""
    messages = context.messages
    for index, message in enumerate(messages):
        if _answers(message, tool_call_id):
            return _said(messages[index + 1 :])
    return None


def has_moved_on(said: Sequence[str] | None) -> bool:
    """Whether a caller who has said this since speaks of something else, as far as one can tell."""
    return said is None or any(len(text.split()) > A_WORD_OR_TWO for text in said)


def note(tool: str) -> dict[str, str]:
    """Tells the model of a result that came when the conversation had gone on."""
    return {
        "role": "developer",
        "content": f"{tool} has ended meanwhile; its result stands with the call above. The caller has not "
        "heard of it: say so briefly where it fits, and do not call it again.",
    }


def _said(messages: Sequence[Any]) -> list[str]:
    plain = (message for message in messages if isinstance(message, dict))
    return [str(m["content"]) for m in plain if m.get("role") == "user" and m.get("content")]


def _answers(message: Any, tool_call_id: str) -> bool:
    return (
        isinstance(message, dict)
        and message.get("role") == "tool"
        and message.get("tool_call_id") == tool_call_id
    )
