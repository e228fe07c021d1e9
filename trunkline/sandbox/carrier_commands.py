"""What a server may tell the carrier on a media stream, read as strictly as Twilio reads it."""

from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

MALFORMED: Final = 31950
"""Twilio's warning for a binary frame, logged once a stream."""

INVALID: Final = 31951
"""Twilio's warning for a message that is not exactly a documented command, logged once a stream."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play this after what came before it."""

    payload: bytes = field(repr=False)
    """Mu-law, 8 bytes a millisecond, any number of them."""


@dataclass(frozen=True, slots=True)
class SetMark:
    """Echo this name once everything that came before it has been played."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop what has not been played, and echo the marks that wait in it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that is passed over, and a warning that is logged."""

    code: int
    reason: str


Command = Play | SetMark | Clear | Refused

_BODIES: Mapping[str, str | None] = {"media": "payload", "mark": "name", "clear": None}
"""What each command carries: the one key, a string, of the object under the command's own name."""


def read_command(data: str | bytes, stream_sid: str) -> Command:
    """The command that a text message to the stream ``stream_sid`` stands for."""
    try:
        message = orjson.loads(data)
    except orjson.JSONDecodeError:
        return Refused(INVALID, "not JSON")
    if type(message) is not dict:
        return Refused(INVALID, "not a JSON object")
    name = message.get("event")
    if type(name) is not str or name not in _BODIES:
        return Refused(INVALID, "event is not media, mark or clear")
    key = _BODIES[name]
    wrong = _wrong_keys(message, {"event", "streamSid", name} if key else {"event", "streamSid"})
    if wrong:
        return Refused(INVALID, f"{name}: {wrong}")
    if message["streamSid"] != stream_sid:
        return Refused(INVALID, f"{name}: streamSid of another stream")
    return _with_body(name, message[name], key) if key else Clear()


def _with_body(name: str, body: Any, key: str) -> Command:
    if type(body) is not dict:
        return Refused(INVALID, f"{name}: not an object under its own name")
    wrong = _wrong_keys(body, {key})
    if wrong:
        return Refused(INVALID, f"{name}: {wrong}")
    value = body[key]
    if type(value) is not str:
        return Refused(INVALID, f"{name}.{key}: not a string")
    return SetMark(value) if name == "mark" else _play(value)


def _play(payload: str) -> Command:
    try:
        return Play(a2b_base64(payload, strict_mode=True))
    except ValueError:
        return Refused(INVALID, "media.payload: not base64")


def _wrong_keys(found: Mapping[str, Any], expected: set[str]) -> str:
    """The difference between the keys that stand there and those that should, in words; empty for none."""
    if found.keys() == expected:
        return ""
    unexpected, missing = found.keys() - expected, expected - found.keys()
    return "; ".join(
        f"{what} {', '.join(sorted(keys))[:60]}"
        for what, keys in (("unexpected", unexpected), ("missing", missing))
        if keys
    )
