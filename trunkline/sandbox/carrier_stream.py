"""The carrier's end of a media stream, without I/O: events in, text out; text in, commands out.

The mirror image of :mod:`transports.media_streams`, on the same events and the same order. It is as exact in
what it sends and as fussy in what it takes as Twilio: a command that is not precisely the documented one is
:class:`Refused`, with the code that Twilio would log, and the stream goes on.
"""

from binascii import b2a_base64
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from transports.errors import LocalProtocolError
from transports.media_streams import (
    ORDER,
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    Start,
    State,
    Stop,
    Unknown,
)
from trunkline.sandbox.carrier_commands import (
    INVALID,
    MALFORMED,
    Clear,
    Command,
    Play,
    Refused,
    SetMark,
    read_command,
)

__all__ = ["INVALID", "MALFORMED", "CarrierStream", "Clear", "Command", "Play", "Refused", "SetMark", "write"]


class CarrierStream:
    """Numbers and writes the events of one stream, and reads what is said back.

    Args:
        start: what the stream is; its ``sequence`` is the number of the first message.
    """

    def __init__(self, start: Start) -> None:
        self._start = start
        self._state = State.OPENED
        self._sequence = start.sequence
        self._chunk = 1

    @property
    def state(self) -> State:
        return self._state

    def connected(self) -> str:
        return self.send(Connected())

    def start(self) -> str:
        return self.send(self._start)

    def media(self, mulaw: bytes, timestamp_ms: int) -> str:
        """A packet of the caller's sound, ``timestamp_ms`` milliseconds of media into the stream."""
        return self.send(Media(mulaw, timestamp_ms, self._chunk, self._sequence))

    def dtmf(self, digit: str) -> str:
        return self.send(Dtmf(digit, self._sequence))

    def mark(self, name: str) -> str:
        return self.send(Mark(name, self._sequence))

    def stop(self) -> str:
        return self.send(Stop(self._sequence))

    def send(self, event: Event) -> str:
        """The text of an event with the numbers that it bears; those that follow count on from them.

        Raises:
            LocalProtocolError: the event is not legal now.
        """
        after = ORDER[self._state].get(type(event))
        if after is None:
            found = type(event).__name__.lower()
            raise LocalProtocolError(f"cannot send {found} on a stream that is {self._state.value}")
        self._state = after
        if not isinstance(event, Connected):
            self._sequence = event.sequence + 1
        if isinstance(event, Media):
            self._chunk = event.chunk + 1
        return write(event, self._start)

    def receive(self, data: str | bytes, *, binary: bool = False) -> Command:
        """Understand one message; bytes are the undecoded contents of a text frame, unless ``binary``."""
        if binary:
            return Refused(MALFORMED, "a binary frame, expected JSON text")
        if self._state in (State.OPENED, State.CONNECTED):
            return Refused(INVALID, "a message before start")
        return read_command(data, self._start.stream_sid)


def write(event: Event, start: Start) -> str:
    """The text of ``event`` on the stream that ``start`` began: the documented keys in the documented order.

    It does not ask whether the event is legal, so a misbehaving carrier can use it as well.
    """
    return orjson.dumps(_WRITERS[type(event)](event, start)).decode()


def _write_connected(event: Connected, _: Start) -> dict[str, Any]:
    return {"event": "connected", "protocol": event.protocol, "version": event.version}


def _write_start(event: Start, _: Start) -> dict[str, Any]:
    audio = event.media_format
    body = {
        "accountSid": event.account_sid,
        "streamSid": event.stream_sid,
        "callSid": event.call_sid,
        "tracks": event.tracks,
        "mediaFormat": {
            "encoding": audio.encoding,
            "sampleRate": audio.sample_rate,
            "channels": audio.channels,
        },
        "customParameters": event.parameters,
    }
    return {
        "event": "start",
        "sequenceNumber": str(event.sequence),
        "start": body,
        "streamSid": event.stream_sid,
    }


def _write_media(event: Media, start: Start) -> dict[str, Any]:
    body = {
        "track": event.track,
        "chunk": str(event.chunk),
        "timestamp": str(event.timestamp_ms),
        "payload": b2a_base64(event.payload, newline=False).decode(),
    }
    sequence = str(event.sequence)
    return {"event": "media", "sequenceNumber": sequence, "media": body, "streamSid": start.stream_sid}


def _write_dtmf(event: Dtmf, start: Start) -> dict[str, Any]:
    body = {"track": "inbound_track", "digit": event.digit}
    sequence = str(event.sequence)
    return {"event": "dtmf", "streamSid": start.stream_sid, "sequenceNumber": sequence, "dtmf": body}


def _write_mark(event: Mark, start: Start) -> dict[str, Any]:
    body = {"name": event.name}
    sequence = str(event.sequence)
    return {"event": "mark", "sequenceNumber": sequence, "streamSid": start.stream_sid, "mark": body}


def _write_stop(event: Stop, start: Start) -> dict[str, Any]:
    body = {"accountSid": start.account_sid, "callSid": start.call_sid}
    sequence = str(event.sequence)
    return {"event": "stop", "sequenceNumber": sequence, "stop": body, "streamSid": start.stream_sid}


def _write_unknown(event: Unknown, start: Start) -> dict[str, Any]:
    return {"event": event.event, "sequenceNumber": str(event.sequence), "streamSid": start.stream_sid}


_WRITERS: Mapping[type[Event], Callable[[Any, Start], dict[str, Any]]] = {
    Connected: _write_connected,
    Start: _write_start,
    Media: _write_media,
    Dtmf: _write_dtmf,
    Mark: _write_mark,
    Stop: _write_stop,
    Unknown: _write_unknown,
}
