"""What happened on a call, as values: tests and recordings read it, the emulator only appends."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something happened."""

    at: float
    """Loop time, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Record):
    """The call was picked up; call time begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Record):
    """The call is over."""

    status: str
    """Twilio's word: ``completed``, ``busy``, ``no-answer``, ``failed`` or ``canceled``."""
    duration: int
    """Seconds since it was answered, rounded up; 0 if it never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSent(Record):
    """The carrier asked its customer, or told it something."""

    why: str
    """``voice``, ``action``, ``redirect``, ``fallback``, ``update``, ``status``, ``stream``, ``amd``, ..."""
    method: str
    url: str
    params: Mapping[str, str] = field(repr=False)
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswered(Record):
    """What the customer answered."""

    why: str
    url: str
    status: int
    content_type: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Record):
    """An entry in the carrier's error log."""

    code: int
    """Twilio's number, such as 31951 or 11200."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbRun(Record):
    """A TwiML verb began."""

    name: str
    attributes: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Record):
    """The carrier's own voice began to speak to the caller."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(Record):
    """A file, or keys, began to be played to the caller."""

    url: str
    """Empty when keys were played."""
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(Record):
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded(Record):
    """A ``<Dial>`` is over."""

    to: str
    call_sid: str
    """SID of the dialled leg."""
    outcome: str
    """Twilio's ``DialCallStatus``."""
    duration: int
    """Seconds that the two were connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfStream(Record):
    """Something happened on a media stream."""

    stream_sid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStarted(OfStream):
    """The customer accepted the WebSocket, and ``start`` went out."""

    url: str
    parameters: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStopped(OfStream):
    """The stream is over."""

    by: str
    """``server`` (it closed), ``carrier`` (the call ended or went elsewhere) or ``network``."""
    close_code: int
    """Of the WebSocket; 1006 when it was lost."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReceived(OfStream):
    """Audio came from the customer, to be played when its turn comes."""

    size: int
    """Bytes of mu-law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReceived(OfStream):
    """The customer wants to know when all it has sent so far has been played."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearReceived(OfStream):
    """The customer cut the playing short."""

    dropped: int
    """Bytes of mu-law that the caller will not hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReturned(OfStream):
    """A mark went back to the customer."""

    name: str
    played: bool
    """Whether the caller heard what came before it; false when a ``clear`` brought it back."""
