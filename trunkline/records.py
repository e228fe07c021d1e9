"""What is known of a call, as plain values: what Twilio says of it, and its turns."""

from dataclasses import dataclass, field
from typing import Any

from trunkline.events import Latency

Message = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that ran in a turn."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


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
    latency: Latency | None = None
