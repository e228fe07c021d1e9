"""Both ends of a stream, one against the other: what one says, the other understands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transports.errors import LocalProtocolError
from transports.media_events import DTMF_DIGITS
from transports.media_streams import (
    ORDER,
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    MediaStream,
    Start,
    State,
    Stop,
    Unknown,
)
from trunkline.sandbox.carrier_stream import (
    INVALID,
    MALFORMED,
    CarrierStream,
    Clear,
    Play,
    Refused,
    SetMark,
    write,
)

START = Start("MZ" + "5" * 32, "CA" + "c" * 32, "AC" + "a" * 32, parameters={"ticket": "t1"})

NUMBERS = st.integers(0, 10**12)
TEXT = st.text(max_size=50)
SIDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
KNOWN = {"connected", "start", "media", "dtmf", "mark", "stop"}
STARTS = st.builds(
    Start,
    SIDS,
    SIDS,
    TEXT,
    st.lists(TEXT, max_size=2).map(tuple),
    parameters=st.dictionaries(TEXT, TEXT, max_size=3),
    sequence=NUMBERS,
)
EVENTS = st.one_of(
    st.builds(Media, st.binary(max_size=500), NUMBERS, NUMBERS, NUMBERS, TEXT),
    st.builds(Dtmf, st.sampled_from(DTMF_DIGITS), NUMBERS),
    st.builds(Mark, TEXT, NUMBERS),
    st.builds(Stop, NUMBERS),
    st.builds(Unknown, TEXT.filter(lambda name: name not in KNOWN), NUMBERS),
)


class Pair:
    """A carrier and a server, joined in memory; each event must arrive as it was sent."""

    def __init__(self, start: Start = START) -> None:
        self.carrier = CarrierStream(start)
        self.server = MediaStream()

    def begun(self) -> "Pair":
        self.server.receive(self.carrier.connected())
        self.server.receive(self.carrier.start())
        return self

    def carry(self, event: Event) -> None:
        assert self.server.receive(self.carrier.send(event)) == event
        assert self.server.state is self.carrier.state


@given(STARTS, st.builds(Connected, TEXT, TEXT), st.lists(EVENTS, max_size=5), st.booleans())
def test_every_event_arrives_as_it_was_sent(
    start: Start, connected: Connected, events: list[Event], as_bytes: bool
) -> None:
    pair = Pair(start)
    for event in [connected, start, *events]:
        if pair.server.state is State.STOPPED:
            break
        pair.carry(event)
        text = write(event, start)
        assert write(event, start) == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


@given(STARTS, st.binary(max_size=2000), TEXT.filter(bool))
def test_every_command_arrives_as_it_was_sent(start: Start, mulaw: bytes, name: str) -> None:
    pair = Pair(start).begun()
    assert pair.carrier.receive(pair.server.media(mulaw)) == Play(mulaw)
    assert pair.carrier.receive(pair.server.mark(name)) == SetMark(name)
    assert pair.carrier.receive(pair.server.clear().encode()) == Clear()


def test_a_call_sounds_like_twilio() -> None:
    carrier = CarrierStream(START)
    said = [
        carrier.connected(),
        carrier.start(),
        carrier.media(b"\xff\xff\xff", 0),
        carrier.dtmf("1"),
        carrier.media(b"\x00\x00\x00", 20),
        carrier.mark("my label"),
        carrier.stop(),
    ]
    sid, call, account = START.stream_sid, START.call_sid, START.account_sid
    assert said == [
        '{"event":"connected","protocol":"Call","version":"1.0.0"}',
        f'{{"event":"start","sequenceNumber":"1","start":{{"accountSid":"{account}","streamSid":"{sid}",'
        f'"callSid":"{call}","tracks":["inbound"],"mediaFormat":{{"encoding":"audio/x-mulaw","sampleRate":8000,'
        f'"channels":1}},"customParameters":{{"ticket":"t1"}}}},"streamSid":"{sid}"}}',
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"0",'
        f'"payload":"////"}},"streamSid":"{sid}"}}',
        f'{{"event":"dtmf","streamSid":"{sid}","sequenceNumber":"3",'
        '"dtmf":{"track":"inbound_track","digit":"1"}}',
        '{"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"2","timestamp":"20",'
        f'"payload":"AAAA"}},"streamSid":"{sid}"}}',
        f'{{"event":"mark","sequenceNumber":"5","streamSid":"{sid}","mark":{{"name":"my label"}}}}',
        f'{{"event":"stop","sequenceNumber":"6","stop":{{"accountSid":"{account}","callSid":"{call}"}},'
        f'"streamSid":"{sid}"}}',
    ]


def test_packets_that_the_carrier_drops_are_missed_by_the_server() -> None:
    pair = Pair().begun()
    for number in range(10):
        packet = pair.carrier.media(b"\xff" * 160, number * 20)
        if number not in {3, 4}:
            pair.server.receive(packet)
    assert pair.server.lost == 2


def test_numbers_go_on_from_an_event_that_bears_its_own() -> None:
    pair = Pair().begun()
    pair.carry(Media(b"", 0, chunk=7, sequence=20))
    assert pair.server.receive(pair.carrier.media(b"", 20)) == Media(b"", 20, chunk=8, sequence=21)


PATHS: dict[State, list[Event]] = {
    State.OPENED: [],
    State.CONNECTED: [Connected()],
    State.STARTED: [Connected(), START],
    State.STOPPED: [Connected(), START, Stop(2)],
}
ANY_EVENT: list[Event] = [Connected(), START, Media(b""), Dtmf("1"), Mark("m"), Stop(), Unknown("x")]


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize("event", ANY_EVENT)
def test_the_carrier_keeps_the_order_too(state: State, event: Event) -> None:
    carrier = CarrierStream(START)
    for past in PATHS[state]:
        carrier.send(past)
    if type(event) in ORDER[state]:
        carrier.send(event)
        assert carrier.state is ORDER[state][type(event)]
    else:
        with pytest.raises(LocalProtocolError, match=f"on a stream that is {state.value}"):
            carrier.send(event)
        assert carrier.state is state


def test_a_misbehaving_carrier_can_write_what_it_may_not_send() -> None:
    assert json.loads(write(Media(b"\xff", 0, 1, 1), START))["streamSid"] == START.stream_sid


def test_a_binary_frame_is_another_warning() -> None:
    pair = Pair().begun()
    refused = pair.carrier.receive(b"\xff" * 160, binary=True)
    assert refused == Refused(MALFORMED, "a binary frame, expected JSON text")


def test_a_server_that_speaks_before_start_is_refused() -> None:
    early = Pair().begun().server.clear()
    carrier = CarrierStream(START)
    assert carrier.receive(early) == Refused(INVALID, "a message before start")
    carrier.connected()
    assert carrier.receive(early) == Refused(INVALID, "a message before start")


def test_a_command_that_crosses_with_stop_is_not_a_mistake() -> None:
    pair = Pair().begun()
    clear = pair.server.clear()
    pair.carrier.stop()
    assert pair.carrier.receive(clear) == Clear()
