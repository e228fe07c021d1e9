"""What workers write to each other."""

import struct
from dataclasses import dataclass
from typing import TypeAlias

HEAD = struct.Struct("!cHI")
"""Kind, sender, count."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A request, with the connection on which the answer goes."""

    sender: int
    count: int
    """New calls that the sender has passed on to this worker, this one included; 0 if the call is not new."""
    request: bytes
    """As it would be read from the connection."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened in a call of the sender's, for those who watch at the receiver's."""

    event: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody began to watch, or stopped: the roster says who."""


Letter: TypeAlias = Handed | Told | Look


def pack(letter: Letter) -> bytes:
    match letter:
        case Handed(sender, count, request):
            return HEAD.pack(b"H", sender, count) + request
        case Told(event):
            return HEAD.pack(b"T", 0, 0) + event
        case Look():
            return HEAD.pack(b"L", 0, 0)


def unpack(data: bytes) -> Letter:
    """Raises:
    ValueError: this is not a letter of ours.
    """
    kind, sender, count = HEAD.unpack_from(data)
    match kind:
        case b"H":
            return Handed(sender, count, data[HEAD.size :])
        case b"T":
            return Told(data[HEAD.size :])
        case b"L":
            return Look()
    raise ValueError(f"a letter of the kind {kind!r}; expected H, T or L")
