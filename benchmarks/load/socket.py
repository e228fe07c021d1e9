"""The client's end of a media socket, on which a frame costs no task and no copy."""

from typing import Literal

import aiohttp

TEXT = b"\x81"
"""A whole text message (RFC 6455, section 5.2)."""

UNMASKED = bytes(4)
"""A masking key that changes nothing. Clients must mask; the other side works as hard with any key."""

CONGESTED = 64 * 1024
"""Bytes that wait to be sent: two or three seconds of a phone line."""


class Socket(aiohttp.ClientWebSocketResponse[Literal[True]]):
    """Writes frames at once, to be called from a timer."""

    def write(self, text: bytes) -> None:
        """Send a text message; a socket that is gone swallows it."""
        transport = self._conn.transport if self._conn is not None else None
        if transport is not None and not transport.is_closing():
            transport.write(frame(text))

    @property
    def is_congested(self) -> bool:
        """Whether the other side reads too slowly."""
        transport = self._conn.transport if self._conn is not None else None
        return transport is not None and transport.get_write_buffer_size() > CONGESTED


def frame(text: bytes) -> bytes:
    """A message as a client sends it."""
    size = len(text)
    if size < 126:
        return TEXT + bytes((0x80 | size,)) + UNMASKED + text
    return TEXT + b"\xfe" + size.to_bytes(2) + UNMASKED + text
