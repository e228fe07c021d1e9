"""The header of a recording: RIFF/WAVE, mu-law (format 7) at 8 kHz, the caller left and the agent right.

It has one length, and says when the call's sound began: so a file that a dead process has left can be gone on
with, by the wall clock. Its sizes are written anew with each piece of sound, which was written before; so a
reader never finds less than it says, whatever moment the process dies at.
"""

import struct
from dataclasses import dataclass
from datetime import datetime

from processors.frames import RATE

CHANNELS = 2

BLOCK = CHANNELS
"""Bytes of one moment: a byte a channel."""

MULAW = 7
"""WAVE_FORMAT_MULAW (RFC 2361)."""

_LAYOUT = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI4s4sI32s 4sI")

SIZE = _LAYOUT.size
"""Bytes of a header."""

LARGEST = 2**32 - 1 - SIZE
"""Bytes of sound that a RIFF file can hold: three days."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in it."""

    began: datetime
    """When the first sample was heard; with its zone."""
    length: int
    """Samples a channel."""

    def encode(self) -> bytes:
        data = self.length * BLOCK
        return _LAYOUT.pack(
            *(b"RIFF", SIZE - 8 + data, b"WAVE"),
            *(b"fmt ", 18, MULAW, CHANNELS, RATE, RATE * BLOCK, BLOCK, 8, 0),
            *(b"fact", 4, self.length),
            # ICRD: the date of creation.
            *(b"LIST", 44, b"INFO", b"ICRD", 32, self.began.isoformat(timespec="milliseconds").encode()),
            *(b"data", data),
        )


def decode(header: bytes) -> Header:
    """Read what :meth:`Header.encode` wrote.

    Raises:
        ValueError: it is not one of ours.
    """
    if len(header) < SIZE:
        raise ValueError(f"a recording's header has {SIZE} bytes, found {len(header)}")
    fields = _LAYOUT.unpack(header[:SIZE])
    if (fields[0], fields[2], fields[5], fields[6], fields[7]) != (b"RIFF", b"WAVE", MULAW, CHANNELS, RATE):
        raise ValueError("no recording of ours: expected a RIFF file of mu-law, two channels, 8 kHz")
    began = fields[-3].rstrip(b"\0").decode("ascii", "replace")
    return Header(datetime.fromisoformat(began), fields[-1] // BLOCK)


def interleaved(caller: bytes, agent: bytes) -> bytes:
    """Two channels of one length, as they stand in the file."""
    both = bytearray(2 * len(caller))
    both[0::2], both[1::2] = caller, agent
    return bytes(both)
