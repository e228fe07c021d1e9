"""What can go wrong with text-to-speech, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeakFault:
    """How a server misbehaves. The default does not."""

    refuse: int | None = None
    """HTTP status for every handshake and request."""

    slow_ms: float = 0
    """Milliseconds added to the first audio of each flush."""

    silent: bool = False
    """Takes everything and answers nothing."""

    mute: bool = False
    """Answers each Flush, without any audio."""

    silent_after_bytes: int | None = None
    """Bytes of audio on a socket after which nothing follows, while it stays open."""

    close_after_bytes: int | None = None
    """Bytes of audio on a socket after which it is closed, in the middle of a chunk if need be."""

    close_code: int | None = 1011
    """How a socket is closed; None loses the connection without a word."""

    close_reason: str = "NET-0000"

    stall_reading_s: float = 0
    """Seconds for which nothing is read, counted from the handshake."""

    linger_ms: float = 0
    """Milliseconds of loop time for which the old audio goes on after Clear; then follows Cleared."""

    haunt_ms: float = 0
    """Milliseconds of loop time for which the old audio goes on after Cleared."""

    never_cleared: bool = False
    """Stops at Clear, and never says so."""

    garbage: str | None = None
    """Sent as a text message ahead of each audio chunk."""


SOUND = SpeakFault()
"""No fault."""
