"""What is known of a call, as plain values: what Twilio says of it, and its turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trunkline.waterfall import Waterfall

Message = dict[str, Any]


OUTBOUND = "outbound-api"
"""Twilio's word for the direction of a call that was made over REST."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A call that we make, as it was asked for."""

    id: str
    """What URLs carry instead of a number."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the call begins with."""
    campaign: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What Twilio says of a call."""

    sid: str
    """``CA`` and 32 hexadecimal digits."""
    caller: str
    """E.164, or a word such as ``anonymous``: never assume a number."""
    called: str
    """The number that was dialled."""
    direction: str = "inbound"
    origin: str = ""
    """``https://…`` under which Twilio reached us: what begins the URLs that it is given."""
    dial: Dial | None = None
    """What we wanted of a call that we made."""

    @property
    def is_outbound(self) -> bool:
        """Whether we have called."""
        return self.direction == OUTBOUND

    @property
    def person(self) -> str:
        """Who is at the other end, whoever called."""
        return self.called if self.is_outbound else self.caller

    @property
    def number(self) -> str:
        """The line's, whoever called."""
        return self.caller if self.is_outbound else self.called


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that ran in a turn."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    """The model's name for the request."""
    result: Any = None
    """What came of it, where it has side effects; JSON can hold it."""
    at_ms: float | None = None
    """When it was called, in milliseconds of the call's sound."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the caller said, and the reply that was heard."""

    index: int
    """Counted from 0, the greeting."""
    caller: str = ""
    agent: str = ""
    """Only what was heard."""
    interrupted: bool = False
    tools: tuple[ToolCall, ...] = ()
    latency: Waterfall | None = None
    stage: str = ""
    """``call.stage`` at the end of it."""
    caller_at_ms: float | None = None
    """When the caller began to speak, in milliseconds of the call's sound: since its first stream began."""
    agent_at_ms: float | None = None
    """When the reply began to be heard, likewise."""


def with_result(turn: Turn, tool_call_id: str, result: Any) -> Turn | None:
    """The turn with the result of one of its tools; None if it has no such tool."""
    if not any(tool.id == tool_call_id for tool in turn.tools):
        return None
    tools = (replace(tool, result=result) if tool.id == tool_call_id else tool for tool in turn.tools)
    return replace(turn, tools=tuple(tools))
