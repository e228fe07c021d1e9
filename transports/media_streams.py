"""Twilio's Media Streams protocol without I/O: text in, events out; commands in, text out.

::

    stream = MediaStream()
    event = stream.receive(text)                # Connected, Start, Media, Dtmf, Mark, Stop or Unknown
    text = stream.media(mulaw)                  # or mark(name), or clear()
    stream.close()                              # the socket is gone

What may come when stands in :data:`ORDER`: an event that is legal in a state leads to the next one, an event
that is not legal is a missing key. ``connected`` may be missing (some peers begin with ``start``), and so may
``stop`` (a bare close ends a stream as well). We may speak between ``start`` and ``stop``: before, we do not
know the stream's SID, and after, nobody listens.

What breaks the protocol ends its stream, with the close code that says why (RFC 6455 section 7.4.1):

====  =======================================================================
1002  a field is missing or mistyped; an event comes when it may not
1003  a binary frame; audio that is not mu-law, 8 kHz, mono
1007  not UTF-8, not JSON, not base64
1008  a message of another stream
1009  a message over the size limit
====  =======================================================================
"""

from binascii import b2a_base64
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import orjson

from transports.errors import LocalProtocolError, RemoteProtocolError
from transports.media_events import (
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    MediaFormat,
    Start,
    Stop,
    Unknown,
)
from transports.media_messages import describe, malformed, quote, read

__all__ = [
    "MAX_MESSAGE",
    "ORDER",
    "Connected",
    "Dtmf",
    "Event",
    "Mark",
    "Media",
    "MediaFormat",
    "MediaStream",
    "Start",
    "State",
    "Stop",
    "Unknown",
]

MAX_MESSAGE: Final = 64 * 2**10
"""Bytes. A 20 ms packet takes some 400; this is six seconds in one message."""


class State(Enum):
    """Where a stream stands."""

    OPENED = "opened"
    CONNECTED = "connected"
    STARTED = "started"
    STOPPED = "stopped"
    CLOSED = "closed"
    """The socket is gone, or the peer broke the protocol."""


ORDER: Final[Mapping[State, Mapping[type[Event], State]]] = {
    State.OPENED: {
        Connected: State.CONNECTED,
        Start: State.STARTED,
        Unknown: State.OPENED,
    },
    State.CONNECTED: {
        Start: State.STARTED,
        Unknown: State.CONNECTED,
    },
    State.STARTED: {
        Media: State.STARTED,
        Dtmf: State.STARTED,
        Mark: State.STARTED,
        Unknown: State.STARTED,
        Stop: State.STOPPED,
    },
    State.STOPPED: {},
    State.CLOSED: {},
}
"""State and event to the next state."""


class MediaStream:
    """Our end of one stream: understands the carrier, and says nothing that it would not.

    Args:
        max_message: bytes that a message may have; a longer one is refused unread.
    """

    def __init__(self, *, max_message: int = MAX_MESSAGE) -> None:
        self._max_message = max_message
        self._state = State.OPENED
        self._sid: str | None = None
        self._media_head = ""
        self._received = 0
        self._highest = 0

    @property
    def state(self) -> State:
        return self._state

    @property
    def lost(self) -> int:
        """Media messages that the carrier numbered and we never saw. One that comes late is not lost."""
        return max(0, self._highest - self._received)

    def receive(self, data: str | bytes, *, binary: bool = False) -> Event:
        """Understand one message.

        Args:
            data: the message; bytes are the undecoded contents of a text frame.
            binary: whether it came in a binary frame, which the protocol does not have.

        Raises:
            RemoteProtocolError: the carrier broke the protocol; the stream is closed.
        """
        try:
            return self._advance(self._load(data, binary))
        except RemoteProtocolError:
            self._state = State.CLOSED
            raise

    def media(self, mulaw: bytes) -> str:
        """Have ``mulaw`` played after what was sent before it: any number of bytes, 8 a millisecond.

        Raises:
            LocalProtocolError: the stream has not started, or is over.
        """
        self._must_be_started("media")
        return f'{self._media_head}{b2a_base64(mulaw, newline=False).decode()}"}}}}'

    def mark(self, name: str) -> str:
        """Ask for a :class:`Mark` of this name once everything sent so far has been played.

        Raises:
            LocalProtocolError: the stream has not started, or is over; ``name`` is empty or not Unicode.
        """
        self._must_be_started("mark")
        if not name:
            raise LocalProtocolError("a mark needs a name to come back under")
        return self._command({"event": "mark", "streamSid": self._sid, "mark": {"name": name}})

    def clear(self) -> str:
        """Have everything dropped that has not been played; marks that wait come back at once.

        Raises:
            LocalProtocolError: the stream has not started, or is over.
        """
        self._must_be_started("clear")
        return self._command({"event": "clear", "streamSid": self._sid})

    def close(self) -> None:
        """The socket is gone, or about to be: nothing goes in or out any more."""
        self._state = State.CLOSED

    def _load(self, data: str | bytes, binary: bool) -> dict[str, Any]:
        if binary:
            raise malformed("message", "a binary frame", "JSON text", 1003)
        size = len(data) if type(data) is bytes else _size(data)
        if size > self._max_message:
            raise malformed("message", f"{size} bytes", f"at most {self._max_message}", 1009)
        try:
            message = orjson.loads(data)
        except orjson.JSONDecodeError:
            # Raised below: the decoder's error carries the message, and the message may carry a ticket.
            message = _UNREADABLE
        if type(message) is dict:
            return message
        if message is not _UNREADABLE:
            raise malformed("message", describe(message), "an object")
        found = "text that is not JSON" if _is_utf8(data) else "text that is not UTF-8"
        raise malformed("message", found, "a JSON object", 1007)

    def _advance(self, message: dict[str, Any]) -> Event:
        event = read(message)
        kind = type(event)
        after = ORDER[self._state].get(kind)
        if after is None:
            legal = [other.__name__.lower() for other in ORDER[self._state] if other is not Unknown]
            expected = " or ".join(legal) or "nothing more"
            raise malformed(f"stream {self._state.value}", kind.__name__.lower(), expected)
        if isinstance(event, Start):
            self._begin(event)
        elif self._sid is not None and kind is not Unknown and message.get("streamSid") != self._sid:
            self._must_be_ours(message.get("streamSid"))
        if isinstance(event, Media):
            self._received += 1
            if event.chunk > self._highest:
                self._highest = event.chunk
        self._state = after
        return event

    def _begin(self, start: Start) -> None:
        self._sid = start.stream_sid
        # All of a media command but its payload: encoded once a stream, sent some 50 times a second.
        head = self._command({"event": "media", "streamSid": self._sid, "media": {"payload": ""}})
        self._media_head = head.removesuffix('"}}')

    def _must_be_ours(self, sid: object) -> None:
        # A socket carries one stream, so a message that names none can only mean this one.
        if sid is None or sid == self._sid:
            return
        found = quote(sid) if type(sid) is str else describe(sid)
        raise malformed("streamSid", found, quote(self._sid or ""), 1008)

    def _must_be_started(self, command: str) -> None:
        if self._state is not State.STARTED:
            raise LocalProtocolError(f"cannot send {command} on a stream that is {self._state.value}")

    def _command(self, fields: dict[str, Any]) -> str:
        try:
            return orjson.dumps(fields).decode()
        except orjson.JSONEncodeError as error:
            raise LocalProtocolError(f"cannot send {fields['event']}: {error}") from error


_UNREADABLE: Final = object()


def _size(data: str | bytes) -> int:
    """Bytes of ``data`` on the wire."""
    if isinstance(data, bytes) or data.isascii():
        return len(data)
    return len(data.encode("utf-8", "surrogatepass"))


def _is_utf8(data: str | bytes) -> bool:
    try:
        data.encode() if isinstance(data, str) else data.decode()
    except UnicodeError:
        return False
    return True
