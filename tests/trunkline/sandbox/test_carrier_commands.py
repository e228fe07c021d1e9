"""The emulated carrier takes the documented commands and nothing that merely looks like them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.sandbox.carrier_commands import INVALID, Clear, Play, Refused, SetMark, read_command

SID = "MZ1"


def read(message: Any) -> object:
    return read_command(json.dumps(message), SID)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ('{"event":"media","streamSid":"MZ1","media":{"payload":"/38A"}}', Play(b"\xff\x7f\0")),
        ('{"event":"media","streamSid":"MZ1","media":{"payload":""}}', Play(b"")),
        ('{"event":"mark","streamSid":"MZ1","mark":{"name":"resp-42-7"}}', SetMark("resp-42-7")),
        ('{ "streamSid" : "MZ1", "event" : "clear" }', Clear()),
    ],
)
def test_a_command_is_understood(text: str, command: object) -> None:
    assert read_command(text, SID) == command
    assert read_command(text.encode(), SID) == command


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ([], "not a JSON object"),
        ({"streamSid": SID}, "event is not media, mark or clear"),
        ({"event": ["clear"], "streamSid": SID}, "event is not media, mark or clear"),
        ({"event": "hangup", "streamSid": SID}, "event is not media, mark or clear"),
        ({"event": "clear"}, "clear: missing streamSid"),
        ({"event": "clear", "stream_sid": SID}, "clear: unexpected stream_sid; missing streamSid"),
        ({"event": "clear", "streamSid": "MZ2"}, "clear: streamSid of another stream"),
        ({"event": "clear", "streamSid": SID, "clear": {}}, "clear: unexpected clear"),
        ({"event": "media", "streamSid": SID}, "media: missing media"),
        ({"event": "media", "streamSid": SID, "media": "AAAA"}, "media: not an object under its own name"),
        ({"event": "media", "streamSid": SID, "media": {}}, "media: missing payload"),
        (
            {"event": "media", "streamSid": SID, "media": {"payload": "AAAA", "track": "outbound"}},
            "media: unexpected track",
        ),
        (
            {"event": "media", "streamSid": SID, "sequenceNumber": "1", "media": {"payload": "AAAA"}},
            "media: unexpected sequenceNumber",
        ),
        ({"event": "media", "streamSid": SID, "media": {"payload": None}}, "media.payload: not a string"),
        ({"event": "media", "streamSid": SID, "media": {"payload": "A"}}, "media.payload: not base64"),
        ({"event": "mark", "streamSid": SID, "mark": {"name": 7}}, "mark.name: not a string"),
        ({"event": "mark", "streamSid": SID, "mark": {"label": "m"}}, "mark: unexpected label; missing name"),
    ],
)
def test_anything_else_is_what_twilio_warns_of(message: Any, reason: str) -> None:
    assert read(message) == Refused(INVALID, reason)


def test_text_that_is_not_json_is_refused() -> None:
    assert read_command("{", SID) == Refused(INVALID, "not JSON")
    assert read_command(b"\xff", SID) == Refused(INVALID, "not JSON")


@given(st.text() | st.binary())
def test_noise_is_refused(data: str | bytes) -> None:
    assert isinstance(read_command(data, SID), Refused)


VALUES = st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=2)


@given(
    st.fixed_dictionaries(
        {"event": st.sampled_from(["media", "mark", "clear"]) | VALUES},
        optional={
            key: VALUES
            | st.just(SID)
            | st.dictionaries(st.sampled_from(["payload", "name", "track"]), VALUES)
            for key in ("streamSid", "media", "mark")
        },
    )
)
def test_messages_that_are_almost_commands_never_raise(message: Any) -> None:
    command = read(message)
    assert isinstance(command, Clear | Play | SetMark | Refused)
    if not isinstance(command, Refused):
        assert message["streamSid"] == SID
