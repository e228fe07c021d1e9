"""A request's messages as the course of a conversation."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trunkline.sandbox.chat_request import Message, text

RUNNING = "IN_PROGRESS"
"""What pipecat puts where the result of a tool will stand."""

CANCELLED = "CANCELLED"
"""What pipecat puts where the result of an interrupted tool would stand."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller said something."""

    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """The agent said something, as far as it was heard."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A tool was called."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Returned:
    """A tool answered."""

    tool: str
    content: str


Event = Heard | Said | Called | Returned


def events(messages: Sequence[Message]) -> list[Event]:
    """What happened, in order; what the caller said in one go is one event."""
    course: list[Event] = []
    for event in _events(messages):
        last = course[-1] if course else None
        if isinstance(event, Heard) and isinstance(last, Heard):
            course[-1] = Heard(f"{last.text} {event.text}")
        else:
            course.append(event)
    return course


def system(messages: Sequence[Message]) -> str:
    """What the model is told to be."""
    return "\n".join(text(m) for m in messages if m["role"] in ("system", "developer"))


def _events(messages: Sequence[Message]) -> Iterator[Event]:
    names: dict[str, str] = {}
    for message in messages:
        content = text(message).strip()
        if message["role"] == "user" and content:
            yield Heard(content)
        elif message["role"] == "assistant":
            if content:
                yield Said(content)
            for call in message.get("tool_calls") or ():
                names[str(call.get("id"))] = call["function"]["name"]
                yield Called(call["function"]["name"], _arguments(call["function"].get("arguments")))
        elif message["role"] in ("tool", "developer"):
            yield from _returned(message, content, names)


def _returned(message: Message, content: str, names: Mapping[str, str]) -> Iterator[Returned]:
    """The result in a tool's message, or in pipecat's later notice of one."""
    call = str(message.get("tool_call_id"))
    notice = _object(content)
    if notice.get("type") == "async_tool":
        call, content = str(notice.get("tool_call_id")), str(notice.get("result") or RUNNING)
    elif message["role"] == "developer":
        return
    if content != RUNNING and not content.startswith(CANCELLED):
        yield Returned(names.get(call, ""), content)


def _arguments(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else _object(str(given))


def _object(content: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
