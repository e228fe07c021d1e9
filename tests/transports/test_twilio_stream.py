"""What goes out to the caller: how far ahead, with which marks, and nothing after a barge-in."""

import asyncio

import pytest

from tests.transports.playout import Playout
from transports.errors import PeerStalled
from transports.twilio_stream import LEAD, MARK_STALL, STALL, TwilioStream

SECOND = 8000


@pytest.fixture
async def stream() -> TwilioStream:
    return TwilioStream()


def speech(seconds: float, byte: int = 0x20) -> bytes:
    return bytes([byte]) * int(seconds * SECOND)


async def test_sound_goes_out_at_once_in_messages_of_at_most_500_ms(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(1.2))
    await asyncio.sleep(0.001)
    assert [len(sent.data) for sent in carrier.media()] == [4000, 4000, 1600]
    stream.detach()


async def test_the_lead_is_bounded_and_nothing_is_lost_or_late(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(20.0))
    started = asyncio.get_running_loop().time()
    await asyncio.sleep(0.001)
    assert sum(len(sent.data) for sent in carrier.media()) <= (LEAD + 0.5) * SECOND
    await asyncio.sleep(20.0)
    assert bytes(carrier.heard) == speech(20.0)
    sent = 0
    for message in carrier.media():
        assert message.at - started <= sent / SECOND  # each was there before its turn came
        sent += len(message.data)
    stream.detach()


async def test_a_mark_follows_at_least_every_second(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(3.5))
    stream.mark()
    await asyncio.sleep(4)
    assert carrier.events().count("mark") == 4
    assert stream.playback.silent()
    stream.detach()


async def test_a_barge_in_clears_and_shuts_the_gate(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.begin("one two three four five six", append_to_context=True)
    stream.say(speech(10.0))
    await asyncio.sleep(5.0)
    before = len(carrier.media())
    stream.cut(frozenset({1, 2}))
    stream.say(speech(1.0))  # a vendor that goes on sending
    await asyncio.sleep(1.0)
    assert carrier.events()[-1] == "clear"
    assert len(carrier.media()) == before
    assert [heard.text for heard in stream.heard_at_cut()] == ["one two three"]
    stream.detach()


async def test_both_halves_of_an_interruption_are_one(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(5.0))
    await asyncio.sleep(0.5)
    stream.cut(frozenset({1, 2}))
    stream.open_gate()
    stream.say(speech(1.0, 0x30))
    stream.cut(frozenset({2, 1}))  # the other half, late
    await asyncio.sleep(0.01)
    assert carrier.events().count("clear") == 1
    assert carrier.media()[-1].data == bytes([0x30]) * 4000
    stream.detach()


async def test_a_silent_line_is_not_cleared(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(0.5))
    stream.mark()
    await asyncio.sleep(2.0)
    stream.cut(frozenset({1}))
    await asyncio.sleep(0.1)
    assert "clear" not in carrier.events()
    stream.detach()


async def test_what_is_said_before_the_caller_is_there_goes_out_when_he_is(stream: TwilioStream) -> None:
    stream.say(speech(1.0))
    await asyncio.sleep(5.0)
    carrier = Playout(stream)
    await asyncio.sleep(0.001)
    assert len(carrier.media()) == 2
    stream.detach()


async def test_a_carrier_that_stops_reading_is_noticed(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = Playout(stream)
    carrier.stalled = asyncio.Event()
    stream.say(speech(1.0))
    await asyncio.sleep(STALL + 0.1)
    assert len(failures) == 1
    assert "read nothing" in str(failures[0])
    stream.detach()


async def test_a_carrier_that_returns_no_more_marks_is_noticed(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = Playout(stream)
    stream.say(speech(30.0))
    await asyncio.sleep(2.5)
    carrier.returns_marks = False
    await asyncio.sleep(MARK_STALL + LEAD + 2)
    assert len(failures) == 1
    assert "returned no mark" in str(failures[0])
    stream.detach()


async def test_a_carrier_that_never_returns_a_mark_is_played_to_the_end(stream: TwilioStream) -> None:
    failures: list[PeerStalled] = []
    stream.on_failure = failures.append
    carrier = Playout(stream, returns_marks=False)
    stream.say(speech(30.0))
    await asyncio.sleep(31)
    assert (len(carrier.heard), failures) == (30 * SECOND, [])
    stream.detach()


async def test_clear_overtakes_what_waits_behind_a_stalled_socket(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(speech(0.2))
    await asyncio.sleep(0.01)
    carrier.stalled = asyncio.Event()
    stream.say(speech(2.0))
    await asyncio.sleep(0.1)
    stream.cut(frozenset({1}))
    carrier.stalled.set()
    await asyncio.sleep(0.1)
    assert carrier.events()[-2:] == ["media", "clear"]  # the one message that was already in the socket
    stream.detach()
