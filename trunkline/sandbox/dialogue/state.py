"""What is known at a point of a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trunkline.sandbox.dialogue.tools import Kind


@dataclass(frozen=True, slots=True)
class Form:
    """A tool that is going to be called once its arguments are there."""

    tool: str
    values: Mapping[str, Any] = field(default_factory=dict)
    asked: str | None = None
    """The parameter that the caller was asked for last."""
    confirming: bool = False
    """Whether the caller was asked for a yes."""


@dataclass(frozen=True, slots=True)
class State:
    """Follows from the messages alone, so nothing has to be kept between requests."""

    form: Form | None = None
    goal: str | None = None
    """The tool that wants one of the slots which another tool is asked for first."""
    facts: Mapping[Kind, str] = field(default_factory=dict)
    """The caller's name and number, once a tool was given them."""
    offers: tuple[str, ...] = ()
    """Slots that a tool returned last."""
    day: date | None = None
    """The day that was last spoken of."""
    result: str = ""
    """What a tool returned last, as it was said."""
    said: str = ""
    """What the agent said last."""
    lost: int = 0
    """How often in a row the caller was not understood."""
