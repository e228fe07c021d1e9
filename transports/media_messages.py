"""The carrier's messages, read from JSON objects into events.

A field is required when the call cannot go on without it: SIDs of stream and call, payload, digit, mark name.
Bookkeeping may be left out and reads as 0 or as the documented default, for peers that are not Twilio. What
is there must have the documented type. Fields that nobody documented are passed over, and so
are whole messages.
"""

from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from transports.errors import RemoteProtocolError
from transports.media_events import (
    DTMF_DIGITS,
    MULAW,
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

QUOTED: Final = 40
"""Characters of the peer's own text in an error, so that the sentence fits a close frame (123 bytes)."""

Fields = Mapping[str, Any]


def read(message: Fields) -> Event:
    """The event that a JSON object stands for.

    Raises:
        RemoteProtocolError: a required field is missing, or a field has the wrong type or value.
    """
    name = message.get("event")
    if type(name) is not str:
        raise malformed("event", describe(name), "a string")
    reader = _READERS.get(name)
    return reader(message) if reader else Unknown(name[:60], _whole(message.get("sequenceNumber")) or 0)


def malformed(path: str, found: str, expected: str, close_code: int = 1002) -> RemoteProtocolError:
    return RemoteProtocolError(f"{path}: found {found}, expected {expected}", close_code=close_code)


def describe(value: object) -> str:
    """The JSON type of ``value``, and none of its contents."""
    return _TYPES.get(type(value), "an object")


def quote(text: str) -> str:
    """The beginning of ``text``, in ASCII whatever it holds."""
    quoted = ascii(text[:QUOTED])
    return quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED]}..."


def _connected(message: Fields) -> Connected:
    return Connected(_text(message, "protocol", default="Call"), _text(message, "version", default="1.0.0"))


def _start(message: Fields) -> Start:
    body = _body(message, "start")
    inner, outer = body.get("streamSid"), message.get("streamSid")
    if inner is not None and outer is not None and inner != outer:
        raise malformed("streamSid", "two different ones", "start.streamSid again", close_code=1008)
    return Start(
        stream_sid=_sid(body if outer is None else message, "streamSid", "start." if outer is None else ""),
        call_sid=_sid(body, "callSid", "start."),
        account_sid=_text(body, "accountSid", "start.", default=""),
        tracks=_tracks(body),
        media_format=_media_format(body),
        parameters=_parameters(body),
        sequence=_number(message, "sequenceNumber"),
    )


def _media(message: Fields) -> Media:
    media = _body(message, "media")
    payload = _text(media, "payload", "media.")
    try:
        mulaw = a2b_base64(payload, strict_mode=True)
    except ValueError:
        mulaw = None
    if mulaw is None:
        raise malformed("media.payload", f"{len(payload)} characters of something else", "base64", 1007)
    return Media(
        mulaw,
        _number(media, "timestamp", "media."),
        _number(media, "chunk", "media."),
        _number(message, "sequenceNumber"),
        _text(media, "track", "media.", default="inbound"),
    )


def _dtmf(message: Fields) -> Dtmf:
    digit = _text(_body(message, "dtmf"), "digit", "dtmf.")
    if len(digit) != 1 or digit not in DTMF_DIGITS:
        # Callers key in card numbers and PINs: an error does not repeat them.
        raise malformed("dtmf.digit", f"{len(digit)} characters", f"one of {DTMF_DIGITS}")
    return Dtmf(digit, _number(message, "sequenceNumber"))


def _mark(message: Fields) -> Mark:
    return Mark(_text(_body(message, "mark"), "name", "mark."), _number(message, "sequenceNumber"))


def _stop(message: Fields) -> Stop:
    return Stop(_number(message, "sequenceNumber"))


_READERS: Mapping[str, Callable[[Fields], Event]] = {
    "connected": _connected,
    "start": _start,
    "media": _media,
    "dtmf": _dtmf,
    "mark": _mark,
    "stop": _stop,
}

_TYPES: Mapping[type, str] = {
    type(None): "nothing",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
}


def _body(message: Fields, name: str) -> Fields:
    body = message.get(name)
    if type(body) is dict:
        return body
    raise malformed(name, describe(body), "an object")


def _text(fields: Fields, key: str, owner: str = "", *, default: str | None = None) -> str:
    value = fields.get(key)
    if type(value) is str:
        return value
    if value is None and default is not None:
        return default
    raise malformed(owner + key, describe(value), "a string")


def _number(fields: Fields, key: str, owner: str = "", *, default: int = 0) -> int:
    value = fields.get(key)
    if value is None:
        return default
    number = _whole(value)
    if number is not None:
        return number
    found = quote(value) if type(value) is str else describe(value)
    raise malformed(owner + key, found, "a whole number, 0 or more")


def _whole(value: object) -> int | None:
    # Twilio writes its counters as decimal strings and its sample rate as a number.
    if type(value) is str and len(value) <= 18 and value.isascii() and value.isdigit():
        return int(value)
    return value if type(value) is int and value >= 0 else None


def _sid(fields: Fields, key: str, owner: str = "") -> str:
    # SIDs end up in logs and in what we send, so they stay short and printable whoever made them up.
    sid = _text(fields, key, owner)
    if 0 < len(sid) <= 64 and sid.isascii() and sid.isprintable():
        return sid
    raise malformed(owner + key, quote(sid), "1 to 64 printable characters")


def _tracks(body: Fields) -> tuple[str, ...]:
    tracks = body.get("tracks")
    if tracks is None:
        return ("inbound",)
    if type(tracks) is list and all(type(track) is str for track in tracks):
        return tuple(tracks)
    raise malformed("start.tracks", describe(tracks), "an array of strings")


def _media_format(body: Fields) -> MediaFormat:
    if body.get("mediaFormat") is None:
        return MULAW
    fields = _body(body, "mediaFormat")
    encoding = _text(fields, "encoding", "mediaFormat.", default=MULAW.encoding)
    if encoding != MULAW.encoding:
        raise malformed("mediaFormat.encoding", quote(encoding), MULAW.encoding, 1003)
    for key, expected in (("sampleRate", MULAW.sample_rate), ("channels", MULAW.channels)):
        found = _number(fields, key, "mediaFormat.", default=expected)
        if found != expected:
            raise malformed(f"mediaFormat.{key}", str(found), str(expected), 1003)
    return MULAW


def _parameters(body: Fields) -> Mapping[str, str]:
    # Values are secrets: an error shows the name of the parameter and the type of the value.
    parameters = body.get("customParameters")
    if parameters is None:
        return {}
    if type(parameters) is not dict:
        raise malformed("start.customParameters", describe(parameters), "an object")
    for name, value in parameters.items():
        if type(value) is not str:
            raise malformed(f"start.customParameters {quote(name)}", describe(value), "a string")
    return parameters
