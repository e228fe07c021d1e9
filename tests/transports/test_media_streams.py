"""A stream lets in what the protocol allows, in the order that it allows, and says nothing else."""

import json
from base64 import b64encode
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transports.errors import LocalProtocolError, RemoteProtocolError
from transports.media_streams import (
    MAX_MESSAGE,
    ORDER,
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    MediaFormat,
    MediaStream,
    Start,
    State,
    Stop,
    Unknown,
)

SID = "MZ" + "0123456789abcdef" * 2
AC, CA = "AC" + "a" * 32, "CA" + "c" * 32
PACKET = bytes(range(160))

TEXTS: dict[type[Event], str] = {
    Connected: '{"event":"connected","protocol":"Call","version":"1.0.0"}',
    Start: '{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC","streamSid":"MZ","callSid":"CA",'
    '"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},'
    '"customParameters":{"token":"t1"}},"streamSid":"MZ"}',
    Media: '{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"5",'
    '"payload":"PAYLOAD"},"streamSid":"MZ"}',
    Dtmf: '{"event":"dtmf","streamSid":"MZ","sequenceNumber":"5",'
    '"dtmf":{"track":"inbound_track","digit":"1"}}',
    Mark: '{"event":"mark","sequenceNumber":"4","streamSid":"MZ","mark":{"name":"my label"}}',
    Stop: '{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC","callSid":"CA"},"streamSid":"MZ"}',
    Unknown: '{"event":"transcript","sequenceNumber":"6","streamSid":"MZ","transcript":{"text":"?"}}',
}
"""What Twilio sends, by its documentation, with SIDs to fill in."""


def text(kind: type[Event]) -> str:
    filled = TEXTS[kind].replace('"MZ"', f'"{SID}"').replace('"AC"', f'"{AC}"').replace('"CA"', f'"{CA}"')
    return filled.replace("PAYLOAD", b64encode(PACKET).decode())


EVENTS: dict[type[Event], Event] = {
    Connected: Connected("Call", "1.0.0"),
    Start: Start(SID, CA, AC, ("inbound",), MediaFormat("audio/x-mulaw", 8000, 1), {"token": "t1"}, 1),
    Media: Media(PACKET, 5, 1, 3, "inbound"),
    Dtmf: Dtmf("1", 5),
    Mark: Mark("my label", 4),
    Stop: Stop(5),
    Unknown: Unknown("transcript", 6),
}

PATHS: dict[State, list[type[Event]]] = {
    State.OPENED: [],
    State.CONNECTED: [Connected],
    State.STARTED: [Connected, Start],
    State.STOPPED: [Connected, Start, Stop],
    State.CLOSED: [Connected, Start],
}


def stream_in(state: State) -> MediaStream:
    stream = MediaStream()
    for kind in PATHS[state]:
        stream.receive(text(kind))
    if state is State.CLOSED:
        stream.close()
    assert stream.state is state
    return stream


def started() -> MediaStream:
    return stream_in(State.STARTED)


def media_text(chunk: int) -> str:
    return text(Media).replace('"chunk":"1"', f'"chunk":"{chunk}"')


def refused(stream: MediaStream, data: str | bytes, *, binary: bool = False) -> RemoteProtocolError:
    """The error of a message that ends the stream."""
    with pytest.raises(RemoteProtocolError) as caught:
        stream.receive(data, binary=binary)
    assert stream.state is State.CLOSED
    assert len(str(caught.value).encode()) <= 123  # a close frame's reason, RFC 6455 section 5.5
    return caught.value


@pytest.mark.parametrize("kind", TEXTS)
def test_twilios_messages_are_understood(kind: type[Event]) -> None:
    state = next(state for state in ORDER if kind in ORDER[state])
    assert stream_in(state).receive(text(kind)) == EVENTS[kind]
    assert stream_in(state).receive(text(kind).encode()) == EVENTS[kind]


@pytest.mark.parametrize(("state", "kind"), [(s, k) for s, k in product(State, TEXTS) if k in ORDER[s]])
def test_a_legal_event_leads_to_the_next_state(state: State, kind: type[Event]) -> None:
    stream = stream_in(state)
    stream.receive(text(kind))
    assert stream.state is ORDER[state][kind]


@pytest.mark.parametrize(("state", "kind"), [(s, k) for s, k in product(State, TEXTS) if k not in ORDER[s]])
def test_an_illegal_event_ends_the_stream(state: State, kind: type[Event]) -> None:
    error = refused(stream_in(state), text(kind))
    assert error.close_code == 1002
    assert f"stream {state.value}: found {kind.__name__.lower()}, expected " in str(error)


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (State.OPENED, {Connected, Start, Unknown}),
        (State.CONNECTED, {Start, Unknown}),
        (State.STARTED, {Media, Dtmf, Mark, Unknown, Stop}),
        (State.STOPPED, set()),
        (State.CLOSED, set()),
    ],
)
def test_the_order_is_the_documented_one(state: State, kinds: set[type[Event]]) -> None:
    assert set(ORDER[state]) == kinds


def test_commands_are_exactly_the_documented_ones() -> None:
    stream = started()
    payload = b64encode(PACKET).decode()
    assert (
        stream.media(PACKET) == f'{{"event":"media","streamSid":"{SID}","media":{{"payload":"{payload}"}}}}'
    )
    assert stream.mark("resp-42-7") == f'{{"event":"mark","streamSid":"{SID}","mark":{{"name":"resp-42-7"}}}}'
    assert stream.clear() == f'{{"event":"clear","streamSid":"{SID}"}}'


@given(st.binary(max_size=2000))
def test_any_amount_of_sound_can_be_sent(mulaw: bytes) -> None:
    sent = json.loads(started().media(mulaw))
    assert sent["media"] == {"payload": b64encode(mulaw).decode()}


@pytest.mark.parametrize("state", [state for state in State if state is not State.STARTED])
def test_nothing_can_be_said_unless_the_stream_has_started(state: State) -> None:
    stream = stream_in(state)
    for command, arguments in ((stream.media, [PACKET]), (stream.mark, ["m"]), (stream.clear, [])):
        with pytest.raises(LocalProtocolError, match=f"on a stream that is {state.value}"):
            command(*arguments)
    assert stream.state is state


def test_nothing_can_be_said_once_the_peer_broke_the_protocol() -> None:
    stream = started()
    refused(stream, "{")
    with pytest.raises(LocalProtocolError, match="cannot send clear on a stream that is closed"):
        stream.clear()


@pytest.mark.parametrize("name", ["", "\ud800"])
def test_a_mark_needs_a_name(name: str) -> None:
    with pytest.raises(LocalProtocolError):
        started().mark(name)


def test_a_peer_may_name_its_stream_as_it_likes() -> None:
    stream = MediaStream()
    stream.receive(json.dumps({"event": "start", "start": {"streamSid": 'a "b" {c}', "callSid": "1"}}))
    assert json.loads(stream.media(b""))["streamSid"] == 'a "b" {c}'
    assert json.loads(stream.clear())["streamSid"] == 'a "b" {c}'


@pytest.mark.parametrize(
    ("data", "error", "close_code"),
    [
        ("", "text that is not JSON", 1007),
        ("{", "text that is not JSON", 1007),
        ('{"event":"stop"}x', "text that is not JSON", 1007),
        ('{"event":"mark","mark":{"name":"\\ud800"}}', "text that is not JSON", 1007),
        ("[" * 5000, "text that is not JSON", 1007),
        (b'{"event":"\xff"}', "text that is not UTF-8", 1007),
        ('{"event":"\ud800"}', "text that is not UTF-8", 1007),
        ("[]", "message: found an array, expected an object", 1002),
        ("null", "message: found nothing, expected an object", 1002),
        ("1e5", "message: found a number, expected an object", 1002),
        ('"stop"', "message: found a string, expected an object", 1002),
        (f'{{"event":"stop","streamSid":"MZ{"f" * 32}"}}', f"expected '{SID}'", 1008),
        (
            f'{{"event":"mark","streamSid":"{"é" * 99}","mark":{{"name":""}}}}',
            "streamSid: found '\\xe9",
            1008,
        ),
        ('{"event":"stop","streamSid":5}', "streamSid: found a number", 1008),
    ],
)
def test_a_malformed_message_ends_the_stream(data: str | bytes, error: str, close_code: int) -> None:
    found = refused(started(), data)
    assert error in str(found)
    assert found.close_code == close_code


def test_a_binary_frame_ends_the_stream() -> None:
    error = refused(started(), text(Media).encode(), binary=True)
    assert error.close_code == 1003
    assert "found a binary frame, expected JSON text" in str(error)


@pytest.mark.parametrize("character", ["x", "é"])
def test_a_message_over_the_limit_is_refused_unread(character: str) -> None:
    padding = character * ((MAX_MESSAGE - len(text(Stop))) // len(character.encode()) - 20)
    largest = text(Stop)[:-1] + f',"pad":"{padding}"}}'
    for data in (largest, largest.encode()):
        assert started().receive(data) == EVENTS[Stop]
    too_large = "[" + character * (MAX_MESSAGE // len(character.encode())) + "]"
    for data in (too_large, too_large.encode()):
        error = refused(started(), data)
        assert error.close_code == 1009
        assert f"found {MAX_MESSAGE + 2} bytes, expected at most {MAX_MESSAGE}" in str(error)


def test_the_limit_can_be_chosen() -> None:
    exactly = len(text(Connected))
    assert MediaStream(max_message=exactly).receive(text(Connected)) == EVENTS[Connected]
    assert refused(MediaStream(max_message=exactly - 1), text(Connected)).close_code == 1009


def test_a_message_without_a_stream_sid_can_only_mean_this_stream() -> None:
    assert started().receive('{"event":"dtmf","dtmf":{"digit":"9"}}') == Dtmf("9")


def test_an_unknown_event_is_never_fatal() -> None:
    stream = started()
    assert stream.receive('{"event":"x","streamSid":"MZother","sequenceNumber":[]}') == Unknown("x")
    assert stream.state is State.STARTED


@pytest.mark.parametrize(
    ("chunks", "lost"),
    [
        ([], 0),
        ([1, 2, 3], 0),
        ([1, 2, 5, 6], 2),
        ([3], 2),
        ([1, 3, 2], 0),
        ([0, 1, 2], 0),
        ([0, 0, 0], 0),
        ([1, 1, 2], 0),
    ],
)
def test_missing_media_is_counted(chunks: list[int], lost: int) -> None:
    stream = started()
    for chunk in chunks:
        stream.receive(media_text(chunk))
    assert stream.lost == lost


def test_a_broken_start_does_not_show_its_ticket() -> None:
    for broken in (
        text(Start)[:-1],
        text(Start).replace('"MZ', '"\ud800', 1),
        text(Start).replace("8000", "16000"),
    ):
        error = refused(stream_in(State.CONNECTED), broken.replace("t1", "s3cret"))
        while error is not None:
            assert "s3cret" not in repr(error) + str(vars(error))
            error = error.__cause__ or error.__context__  # type: ignore[assignment]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "start",
    "media",
    "dtmf",
    "mark",
    "stop",
    "streamSid",
    "sequenceNumber",
    "payload",
    "chunk",
    "digit",
    "name",
]
KEYS += [
    "timestamp",
    "track",
    "tracks",
    "callSid",
    "accountSid",
    "mediaFormat",
    "customParameters",
    "sampleRate",
]
ALMOST = st.fixed_dictionaries(
    {"event": st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop"]) | JSON},
    optional={key: JSON | st.dictionaries(st.sampled_from(KEYS), JSON) for key in KEYS[:7]},
)


def only_protocol_errors(stream: MediaStream, data: str | bytes) -> None:
    try:
        stream.receive(data)
    except RemoteProtocolError as raised:
        error = raised
    else:
        return
    assert error.close_code in {1002, 1003, 1007, 1008, 1009}
    assert len(str(error).encode()) <= 123
    assert stream.state is State.CLOSED


@given(st.sampled_from(State), st.text(st.characters()) | st.binary() | JSON.map(json.dumps))
def test_noise_raises_protocol_errors_alone(state: State, data: str | bytes) -> None:
    only_protocol_errors(stream_in(state), data)


@given(st.sampled_from(State), ALMOST)
def test_messages_that_are_almost_right_raise_protocol_errors_alone(state: State, message: Any) -> None:
    only_protocol_errors(stream_in(state), json.dumps(message))


@given(st.sampled_from(sorted(TEXTS.values())), st.integers(0, 400), st.integers(0, 5), st.text(max_size=5))
def test_mutilated_messages_raise_protocol_errors_alone(sent: str, at: int, cut: int, put: str) -> None:
    only_protocol_errors(started(), sent[:at] + put + sent[at + cut :])
