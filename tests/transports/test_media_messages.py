"""What the carrier may leave out, what it may not, and what an error says about it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transports.errors import RemoteProtocolError
from transports.media_events import MULAW, Connected, Dtmf, Mark, Media, Start, Stop, Unknown
from transports.media_messages import quote, read

START = {"streamSid": "MZ1", "callSid": "CA1"}
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


def start(**fields: Any) -> dict[str, Any]:
    return {"event": "start", "start": {**START, **fields}}


def media(**fields: Any) -> dict[str, Any]:
    return {"event": "media", "media": {"payload": "AAAA", **fields}}


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"event": "connected"}, Connected("Call", "1.0.0")),
        ({"event": "connected", "protocol": "Call", "version": "2.1.0"}, Connected("Call", "2.1.0")),
        (start(), Start("MZ1", "CA1", sequence=0)),
        (start(customParameters=None, tracks=None, mediaFormat=None), Start("MZ1", "CA1", sequence=0)),
        (start(mediaFormat=FORMAT | {"sampleRate": "8000"}), Start("MZ1", "CA1", sequence=0)),
        (start(tracks=[]), Start("MZ1", "CA1", tracks=(), sequence=0)),
        (
            {"event": "start", "streamSid": "MZ1", "start": {"callSid": "CA1"}},
            Start("MZ1", "CA1", sequence=0),
        ),
        (media(), Media(b"\0\0\0", 0, 0, 0, "inbound")),
        (media(payload=""), Media(b"")),
        (media(chunk=7, timestamp=140, track="outbound"), Media(b"\0\0\0", 140, 7, 0, "outbound")),
        (media(chunk="0", timestamp="0"), Media(b"\0\0\0")),
        ({"event": "dtmf", "dtmf": {"digit": "#"}}, Dtmf("#")),
        ({"event": "mark", "sequenceNumber": 4, "mark": {"name": ""}}, Mark("", 4)),
        ({"event": "stop"}, Stop(0)),
        ({"event": "stop", "stop": None, "sequenceNumber": "12"}, Stop(12)),
        ({"event": "transcription", "sequenceNumber": "3", "transcription": []}, Unknown("transcription", 3)),
        ({"event": "close", "sequenceNumber": "soon"}, Unknown("close", 0)),
        ({"event": "x" * 1000}, Unknown("x" * 60, 0)),
    ],
)
def test_a_faithful_peer_is_understood(message: dict[str, Any], event: object) -> None:
    assert read(message) == event


def test_fields_that_nobody_documented_are_passed_over() -> None:
    message = start(region="ie1", mediaFormat=FORMAT | {"bitDepth": 8}) | {"traceId": "1"}
    assert read(message) == Start("MZ1", "CA1", media_format=MULAW, sequence=0)


@pytest.mark.parametrize(
    ("message", "error", "close_code"),
    [
        ({}, "event: found nothing, expected a string", 1002),
        ({"event": ["media"]}, "event: found an array, expected a string", 1002),
        ({"event": "connected", "version": 1}, "version: found a number, expected a string", 1002),
        ({"event": "start"}, "start: found nothing, expected an object", 1002),
        ({"event": "start", "start": "MZ1"}, "start: found a string, expected an object", 1002),
        ({"event": "start", "start": {"callSid": "CA1"}}, "start.streamSid: found nothing", 1002),
        ({"event": "start", "start": {"streamSid": "MZ1"}}, "start.callSid: found nothing", 1002),
        (start(streamSid=""), "start.streamSid: found '', expected 1 to 64 printable", 1002),
        (start(callSid="CA\n1"), r"start.callSid: found 'CA\n1', expected 1 to 64 printable", 1002),
        (start() | {"streamSid": "MZ2"}, "streamSid: found two different ones", 1008),
        (start(accountSid=1.5), "start.accountSid: found a number", 1002),
        (start(tracks="inbound"), "start.tracks: found a string, expected an array of strings", 1002),
        (start(tracks=[1]), "start.tracks: found an array, expected an array of strings", 1002),
        (start(mediaFormat=[]), "mediaFormat: found an array, expected an object", 1002),
        (
            start(mediaFormat=FORMAT | {"encoding": "audio/l16"}),
            "mediaFormat.encoding: found 'audio/l16', expected audio/x-mulaw",
            1003,
        ),
        (start(mediaFormat=FORMAT | {"sampleRate": 16000}), "sampleRate: found 16000, expected 8000", 1003),
        (start(mediaFormat=FORMAT | {"channels": 2}), "channels: found 2, expected 1", 1003),
        (start(customParameters=["x"]), "start.customParameters: found an array, expected an object", 1002),
        (start(customParameters={"n": 1}), "customParameters 'n': found a number, expected a string", 1002),
        ({"event": "media"}, "media: found nothing, expected an object", 1002),
        ({"event": "media", "media": {}}, "media.payload: found nothing, expected a string", 1002),
        (media(payload=7), "media.payload: found a number, expected a string", 1002),
        (media(payload="AAA"), "media.payload: found 3 characters of something else, expected base64", 1007),
        (media(payload="AA==AA=="), "expected base64", 1007),
        (media(payload="A-_A"), "expected base64", 1007),
        (media(payload="AAA\u00e9"), "expected base64", 1007),
        (media(chunk="one"), "media.chunk: found 'one', expected a whole number", 1002),
        (media(chunk=True), "media.chunk: found a boolean, expected a whole number", 1002),
        (media(timestamp="-1"), "media.timestamp: found '-1', expected a whole number", 1002),
        (media(timestamp=-1), "media.timestamp: found a number, expected a whole number", 1002),
        (media(timestamp="1.5"), "media.timestamp: found '1.5'", 1002),
        (media(timestamp="\u0663"), "media.timestamp: found", 1002),
        (media(timestamp="9" * 5000), "media.timestamp: found '999", 1002),
        (media() | {"sequenceNumber": {}}, "sequenceNumber: found an object", 1002),
        (media(track=None) | {"media": {"payload": "", "track": 1}}, "media.track: found a number", 1002),
        ({"event": "dtmf", "dtmf": {}}, "dtmf.digit: found nothing", 1002),
        ({"event": "dtmf", "dtmf": {"digit": 5}}, "dtmf.digit: found a number", 1002),
        (
            {"event": "dtmf", "dtmf": {"digit": "1234"}},
            "dtmf.digit: found 4 characters, expected one of",
            1002,
        ),
        ({"event": "dtmf", "dtmf": {"digit": ""}}, "dtmf.digit: found 0 characters", 1002),
        ({"event": "mark", "mark": {}}, "mark.name: found nothing", 1002),
        ({"event": "mark", "mark": "m"}, "mark: found a string, expected an object", 1002),
    ],
)
def test_a_malformed_message_is_named(message: dict[str, Any], error: str, close_code: int) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        read(message)
    assert error in str(caught.value)
    assert caught.value.close_code == close_code
    assert len(str(caught.value).encode()) <= 123  # a close frame's reason, RFC 6455 section 5.5


@pytest.mark.parametrize(
    "parameters",
    [
        "s3cret",
        ["s3cret"],
        {"ticket": ["s3cret"]},
        {"ticket": {"s3cret": "s3cret"}},
        {"ticket": None, "b": "s3cret"},
    ],
)
def test_an_error_does_not_repeat_a_parameters_value(parameters: object) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        read(start(customParameters=parameters))
    assert "s3cret" not in str(caught.value)


def test_an_error_does_not_repeat_keys_that_the_caller_pressed() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        read({"event": "dtmf", "dtmf": {"digit": "4711"}})
    assert "4711" not in str(caught.value)


@given(st.text(max_size=100))
def test_a_quotation_is_short_ascii(text: str) -> None:
    quoted = quote(text)
    assert quoted.isascii()
    assert quoted.isprintable()
    assert len(quoted) <= 43
    assert quoted == ascii(text) or quoted.endswith("...")
