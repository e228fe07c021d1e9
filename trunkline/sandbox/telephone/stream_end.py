"""How a media stream ends, and what the carrier's error log says of it."""

from dataclasses import dataclass

from aiohttp import WSMsgType

BROKEN_PIPE, CLOSED_BY_SERVER, PROTOCOL_ERROR = 31903, 31921, 31924

LOST = 1006
"""The close code of a WebSocket that was not closed (RFC 6455 section 7.4.1)."""


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """How a stream ended."""

    by: str
    """``server``, ``carrier`` or ``network``, as in the log."""
    close_code: int
    reason: str = ""
    error: int = 0
    """Twilio's number for it; 0 if it is none."""


ABANDONED = StreamEnd("carrier", LOST)
"""The carrier has nothing more to say, and does not even say that."""


def stream_end(kind: WSMsgType, close_code: int | None, reason: str, stopping: bool) -> StreamEnd:
    """What the last message of a socket means.

    Args:
        kind: of the message, which is neither text nor binary.
        close_code: of the socket.
        reason: that came with a close.
        stopping: whether the carrier was ending the stream itself.
    """
    code = close_code or LOST
    if stopping:
        return StreamEnd("carrier", code)
    if kind is WSMsgType.CLOSE:
        # Also logged when closing is the customer's way to go on (Twilio: error 31921).
        return StreamEnd("server", code, reason, CLOSED_BY_SERVER)
    if kind is WSMsgType.ERROR:
        return StreamEnd("server", code, reason, PROTOCOL_ERROR)
    return StreamEnd("network", LOST, "", BROKEN_PIPE)
