"""What can go wrong with a listening connection, as data.

Audio is counted from the connection's first byte.
"""

from dataclasses import dataclass

REFUSALS = {
    400: "Bad Request: the request was malformed",
    401: "Invalid credentials.",
    403: "Project does not have access to the requested model.",
    404: "Not Found",
    429: "Too many requests. Please try again later",
    500: "Internal server error",
    503: "Service unavailable",
}
"""What ``dg-error`` says to the statuses that a fault may ask for."""


@dataclass(frozen=True, slots=True)
class ListenFault:
    """One connection's misbehaviour; several may be combined."""

    refuse: int | None = None
    """HTTP status to answer the upgrade with."""
    silent: bool = False
    """Accept, read, and never send a message."""
    slow_ms: int = 0
    """Milliseconds by which every message is late."""
    no_endpoint: bool = False
    """The end of speech is not noticed, as in noise: interim results stay interim."""
    ignore_finalize: bool = False
    """``Finalize`` is not answered."""
    garble_after_ms: int | None = None
    """Milliseconds of audio after which something is sent that is not JSON."""
    stall_after_ms: int | None = None
    """Milliseconds of audio after which reading stops."""
    stall_ms: int = 2000
    """Milliseconds for which reading stops."""
    close_after_ms: int | None = None
    """Milliseconds of audio after which the connection is closed."""
    close_code: int = 1011
    """WebSocket close code; 1006 cuts the TCP connection without a word."""
    close_reason: str = "NET-0000"
