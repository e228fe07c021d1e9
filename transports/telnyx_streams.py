"""Telnyx's media streaming, without I/O: another carrier's dialect of what Twilio calls Media Streams.

::

    stream = TelnyxStream()                     # in place of MediaStream: the same events, the same commands
    socket = TwilioSocket(websocket, request, TelnyxStream())

What is legal when stands in :class:`~transports.media_streams.MediaStream`; here is only how Telnyx calls
things (Telnyx: Stream call media over WebSocket). A call is known by its ``call_control_id``. The stream has
to be bidirectional, ``stream_bidirectional_mode=rtp``, with PCMU both ways. Telnyx does not promise the order
of packets; one that comes late is passed on as late as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from processors.g711 import SILENCE
from transports.media_events import MULAW
from transports.media_streams import MediaStream

SHORTEST: Final = 160
"""Bytes of a media command: 20 ms. Telnyx plays nothing shorter."""

PCMU: Final = "PCMU"
"""What Telnyx calls mu-law."""


class TelnyxStream(MediaStream):
    """Our end of one stream of Telnyx's."""

    def media(self, mulaw: bytes) -> str:
        """Have ``mulaw`` played after what was sent before it; a rest of a packet is filled up with silence.

        Raises:
            LocalProtocolError: the stream has not started, or is over.
        """
        return super().media(mulaw.ljust(SHORTEST, SILENCE))

    def _load(self, data: str | bytes, binary: bool) -> dict[str, Any]:
        return in_twilios_words(super()._load(data, binary))

    def _command(self, fields: dict[str, Any]) -> str:
        # A socket has one stream, which our commands do not name.
        return super()._command({key: value for key, value in fields.items() if key != "streamSid"})


def in_twilios_words(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message of Telnyx's as Twilio would have sent it.

    What it lacks, or has of the wrong type, is left so: reading it says what was expected.
    """
    event = message.get("event")
    told = {
        "event": event,
        "sequenceNumber": message.get("sequence_number"),
        "streamSid": message.get("stream_id"),
    }
    rewrite = _BODIES.get(event) if isinstance(event, str) else None
    if rewrite is not None and isinstance(event, str):
        body = message.get(event)
        told[event] = rewrite(body) if isinstance(body, dict) else body
    return told


def _start(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "callSid": body.get("call_control_id"),
        "accountSid": body.get("user_id"),
        "customParameters": body.get("custom_parameters"),
        "mediaFormat": _media_format(body.get("media_format")),
    }


def _media_format(found: Any) -> Any:
    if not isinstance(found, dict):
        return found
    encoding = found.get("encoding")
    return {
        "encoding": MULAW.encoding if encoding == PCMU else encoding,
        "sampleRate": found.get("sample_rate"),
        "channels": found.get("channels"),
    }


def _as_it_is(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return body


_BODIES: Final[Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "start": _start,
    "media": _as_it_is,
    "mark": _as_it_is,
    "dtmf": _as_it_is,
}
"""What holds a message's contents, by its name; others have none that we read."""
