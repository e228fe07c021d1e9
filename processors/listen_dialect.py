"""How one kind of listening socket is spoken to: what differs between Nova and Flux below their words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from processors.replay import KEPT_MS

Event = TypeVar("Event")

Filler = tuple[float, str | bytes]
"""Seconds after which a socket that was sent nothing is sent this: an order, or audio."""


@dataclass(frozen=True, slots=True)
class Dialect(Generic[Event]):
    """Read once for each socket; ``Event`` is what its messages become."""

    parse: Callable[[str | bytes], Event]
    """Makes an event of a message; raises a VendorProtocolError."""
    longest: int
    """Bytes of the longest audio message."""
    proves: Callable[[Event], bool] = lambda _: True
    """Whether a message shows that the socket is of use, so that it may break and be replaced at once."""
    shortest: int = 1
    """Bytes that an audio message has, but for the last one before an order."""
    kept_ms: int = KEPT_MS
    """Milliseconds of audio that are kept at most, to be said again."""
    look_every: float = 4.0
    """Seconds at most between looks at whether a filler is due."""
