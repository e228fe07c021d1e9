"""How a function is run as a tool: what its author says of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

TIMEOUT = 10.0
"""Seconds that a tool may take unless it says otherwise; the caller is waiting."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a tool is run."""

    timeout: float = TIMEOUT
    """Seconds."""

    interruptible: bool = True
    """Whether the caller stops it by speaking."""

    side_effects: bool = False
    """Whether it is carried out once in a call."""

    same: tuple[str, ...] = ()
    """Parameters that make two calls the same; all of them if empty."""

    filler: str | None = None
    """Said when it takes long; None for the line's fillers, an empty one for silence."""

    @property
    def is_kept(self) -> bool:
        """Whether it ends by itself, not with the caller's patience."""
        return self.side_effects or not self.interruptible


def tool(
    *,
    timeout: float = TIMEOUT,
    interruptible: bool = True,
    side_effects: bool = False,
    same: Iterable[str] = (),
    filler: str | None = None,
) -> Callable[[F], F]:
    """Say how a function is run as a tool; without it the defaults hold.

    Args:
        timeout: seconds after which the model is told that it took too long.
        interruptible: False for what must not be left half done, but may be done twice. The conversation goes
            on meanwhile, and the model learns the result when it is there.
        side_effects: True for what must happen once, such as a booking. It runs to its end from the beginning
            of the function on, or from ``await once.commit()`` in one with a parameter named ``once``, even
            if the caller hangs up. A request for the same gets the first result.
        same: with side effects, the parameters that make two requests the same, if not all of them do.
        filler: what the caller is told first when it takes long, before the line's fillers; "" for nothing.
    """

    def decorate(function: F) -> F:
        vars(function)["__tool_options__"] = Options(
            timeout, interruptible, side_effects, tuple(same), filler
        )
        return function

    return decorate


def options_of(function: Callable[..., Any]) -> Options:
    """What was said with :func:`tool`, or the defaults."""
    options = getattr(function, "__tool_options__", None)
    return options if isinstance(options, Options) else Options()
