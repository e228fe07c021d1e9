"""Telnyx's messages become the events that Twilio's do, and our commands are in its words."""

import base64
from typing import Any

import orjson
import pytest

from transports.errors import RemoteProtocolError
from transports.media_streams import Connected, Dtmf, Mark, Media, Start, State, Stop, Unknown
from transports.telnyx_streams import SHORTEST, TelnyxStream

STREAM = "32DE0DEA-53CB-4B21-89A4-9E1819C043BC"
CALL = "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ"

START = {
    "event": "start",
    "sequence_number": "1",
    "stream_id": STREAM,
    "start": {
        "user_id": "3E6F995F-85F7-4705-9741-53B116D28237",
        "call_control_id": CALL,
        "call_session_id": "ff55a038-6f5d-11ef-9692-02420aeffb1f",
        "from": "+15550177",
        "to": "+15550100",
        "client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d",
        "custom_parameters": {"ticket": "let me in"},
        "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
    },
}


def media(payload: bytes = b"\x7e" * 160, **more: Any) -> dict[str, Any]:
    body = {
        "track": "inbound",
        "chunk": "2",
        "timestamp": "40",
        "payload": base64.b64encode(payload).decode(),
    }
    return {"event": "media", "sequence_number": "4", "stream_id": STREAM, "media": {**body, **more}}


def send(stream: TelnyxStream, message: dict[str, Any]) -> Any:
    return stream.receive(orjson.dumps(message))


@pytest.fixture
def started() -> TelnyxStream:
    stream = TelnyxStream()
    send(stream, {"event": "connected", "version": "1.0.0"})
    send(stream, START)
    return stream


def test_a_stream_from_beginning_to_end() -> None:
    stream = TelnyxStream()
    assert send(stream, {"event": "connected", "version": "1.0.0"}) == Connected()
    start = send(stream, START)
    assert isinstance(start, Start)
    assert (start.stream_sid, start.call_sid, start.sequence) == (STREAM, CALL, 1)
    assert start.parameters == {"ticket": "let me in"}
    assert send(stream, media()) == Media(b"\x7e" * 160, 40, 2, 4, "inbound")
    mark = {"event": "mark", "sequence_number": "5", "stream_id": STREAM, "mark": {"name": "m1"}}
    assert send(stream, mark) == Mark("m1", 5)
    dtmf = {"event": "dtmf", "sequence_number": "6", "stream_id": STREAM, "dtmf": {"digit": "1"}}
    assert send(stream, {**dtmf, "occurred_at": "2024-09-10T13:45:02.000Z"}) == Dtmf("1", 6)
    stop = {"event": "stop", "sequence_number": "7", "stream_id": STREAM}
    assert send(stream, {**stop, "stop": {"user_id": "x", "call_control_id": CALL}}) == Stop(7)
    assert stream.state is State.STOPPED


def test_commands_are_in_telnyxs_words(started: TelnyxStream) -> None:
    sound = bytes(range(200))
    assert orjson.loads(started.media(sound)) == {
        "event": "media",
        "media": {"payload": base64.b64encode(sound).decode()},
    }
    assert orjson.loads(started.mark("m1")) == {"event": "mark", "mark": {"name": "m1"}}
    assert orjson.loads(started.clear()) == {"event": "clear"}


def test_a_rest_is_filled_up_to_what_telnyx_plays(started: TelnyxStream) -> None:
    sent = base64.b64decode(orjson.loads(started.media(b"\x10" * 3))["media"]["payload"])
    assert sent == b"\x10" * 3 + b"\xff" * (SHORTEST - 3)


def test_what_it_says_of_an_error_is_no_error_of_the_stream(started: TelnyxStream) -> None:
    error = {"event": "error", "stream_id": STREAM, "payload": {"code": 100003, "title": "malformed_frame"}}
    assert send(started, error) == Unknown("error", 0)
    assert started.state is State.STARTED


@pytest.mark.parametrize(
    ("message", "complaint", "code"),
    [
        ({**START, "start": None}, "start: found nothing, expected an object", 1002),
        ({**START, "start": {**START["start"], "call_control_id": 7}}, "start.callSid: found a number", 1002),  # type: ignore[dict-item]
        (
            {**START, "start": {**START["start"], "media_format": {"encoding": "PCMA"}}},  # type: ignore[dict-item]
            "mediaFormat.encoding: found 'PCMA', expected audio/x-mulaw",
            1003,
        ),
        (media(), "stream opened: found media, expected connected or start", 1002),
    ],
)
def test_what_breaks_the_protocol_is_named(message: dict[str, Any], complaint: str, code: int) -> None:
    with pytest.raises(RemoteProtocolError, match=complaint) as refused:
        send(TelnyxStream(), message)
    assert refused.value.close_code == code


def test_a_message_of_another_stream_is_refused(started: TelnyxStream) -> None:
    with pytest.raises(RemoteProtocolError, match="streamSid"):
        send(started, {**media(), "stream_id": "another"})


def test_sound_that_is_none_is_refused(started: TelnyxStream) -> None:
    with pytest.raises(RemoteProtocolError, match=r"media\.payload"):
        send(started, media(payload=b"") | {"media": {"payload": "?"}})
