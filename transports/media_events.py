"""What the carrier says on a media stream, as values (Twilio: Media Streams, WebSocket messages)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DTMF_DIGITS: Final = "0123456789*#ABCD"


@dataclass(frozen=True, slots=True)
class MediaFormat:
    """How the audio of a stream is encoded; the default is the only one that a phone line has."""

    encoding: str = "audio/x-mulaw"
    sample_rate: int = 8000
    """Hertz."""
    channels: int = 1


MULAW: Final = MediaFormat()


@dataclass(frozen=True, slots=True)
class Connected:
    """The socket is open; there is no stream yet. Not every peer says so."""

    protocol: str = "Call"
    version: str = "1.0.0"
    """Semantic version of the protocol."""


@dataclass(frozen=True, slots=True)
class Start:
    """The stream begins. From now on we may speak."""

    stream_sid: str
    """``MZ`` and 32 hexadecimal digits, from Twilio; other peers name their streams as they like."""
    call_sid: str
    account_sid: str = ""
    tracks: tuple[str, ...] = ("inbound",)
    media_format: MediaFormat = MULAW
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    """Name to value of each ``<Parameter>``; holds the ticket, hence never printed."""
    sequence: int = 1
    """Counts every message of the stream, from 1; 0 when the peer does not count."""


@dataclass(frozen=True, slots=True)
class Media:
    """A packet of the caller's sound, usually 20 ms. An empty one is legal and says nothing."""

    payload: bytes = field(repr=False)
    """Mu-law, 8 bytes a millisecond, any number of them."""
    timestamp_ms: int = 0
    """Milliseconds of media since the stream began, not of wall time; the first need not be 0."""
    chunk: int = 0
    """Counts media messages alone, from 1; 0 when the peer does not count."""
    sequence: int = 0
    track: str = "inbound"


@dataclass(frozen=True, slots=True)
class Dtmf:
    """The caller pressed a key."""

    digit: str
    """One of ``0-9 * # A-D``."""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything sent before the mark of this name has been played, or cleared."""

    name: str
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """The stream is over; the socket closes next."""

    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that this version of the protocol does not know: worth one line in the log, no more."""

    event: str
    """Its name, cut to 60 characters."""
    sequence: int = 0


Event = Connected | Start | Media | Dtmf | Mark | Stop | Unknown
