"""A stream with ambience: the voice comes out as without it, whenever it begins, pauses, is held or ends."""

import asyncio

import pytest

from processors.g711 import SILENCE
from tests.transports.playout import Playout
from transports.bed import FULL, SEAM
from transports.twilio_stream import LEAD, TwilioStream

SECOND = 8000

ROOM = SILENCE * SECOND
"""A room so quiet that a voice in it is what it was."""

TOLERANCE = 40
"""Bytes, 5 ms, by which the ledger's clock may be off where a voice is sent once more."""


@pytest.fixture
async def stream() -> TwilioStream:
    return TwilioStream(ROOM)


def voice(seconds: float, byte: int = 0x20) -> bytes:
    return bytes([byte]) * int(seconds * SECOND)


def spoken(carrier: Playout) -> bytes:
    """What was heard of the voice."""
    return carrier.played().replace(SILENCE, b"")


async def test_the_room_is_heard_and_a_voice_takes_its_place_at_once(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    await asyncio.sleep(3)
    assert len(carrier.played()) == 3 * SECOND
    stream.say(voice(1))
    await asyncio.sleep(0.5)
    assert abs(len(spoken(carrier)) - SECOND / 2) <= TOLERANCE
    assert carrier.events().count("clear") == 1
    await asyncio.sleep(20)
    assert spoken(carrier) == voice(1)
    assert len(carrier.played()) >= 23 * SECOND
    stream.detach()


async def test_a_long_voice_is_sent_in_time_and_whole(stream: TwilioStream) -> None:
    # A timer for the room that is still set must not be the one that the voice waits for.
    carrier = Playout(stream)
    await asyncio.sleep(1)
    stream.say(voice(5 * LEAD))
    await asyncio.sleep(5 * LEAD + FULL)
    assert spoken(carrier) == voice(5 * LEAD)
    assert spoken(carrier) in carrier.played()
    stream.detach()


async def test_a_voice_that_goes_on_at_the_last_moment_is_not_torn(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(voice(1))
    await asyncio.sleep(1 - SEAM / 2)
    stream.say(voice(1, 0x30))
    await asyncio.sleep(3)
    heard = spoken(carrier)
    assert abs(len(heard) - 2 * SECOND) <= TOLERANCE
    assert heard in carrier.played()
    assert heard.rstrip(b"\x30").strip(b"\x20") == b""
    stream.detach()


async def test_a_mark_that_comes_late_does_not_wait_for_the_room(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.say(voice(0.9))
    await asyncio.sleep(1)
    stream.mark()
    await asyncio.sleep(0.1)
    assert stream.playback.silent()
    await asyncio.sleep(20)
    assert spoken(carrier) == voice(0.9)
    stream.detach()


async def test_a_voice_that_is_held_leaves_the_room_and_comes_back(stream: TwilioStream) -> None:
    carrier = Playout(stream)
    stream.begin("one two three four", append_to_context=True)
    stream.say(voice(4))
    await asyncio.sleep(1)
    stream.hold()
    await asyncio.sleep(2)
    held = len(spoken(carrier))
    assert abs(held - SECOND) <= TOLERANCE
    assert len(carrier.played()) >= 3 * SECOND - TOLERANCE
    stream.play_on()
    await asyncio.sleep(5)
    assert len(spoken(carrier)) >= 4 * SECOND - TOLERANCE
    stream.detach()


async def test_the_room_is_no_sound_of_the_agent(stream: TwilioStream) -> None:
    started = []
    stream.on_started = lambda: started.append(1)
    Playout(stream)
    await asyncio.sleep(30)
    assert not stream.is_playing
    assert stream.playback.sent == stream.playback.queued == 0
    assert not started
    stream.detach()


async def test_it_comes_back_on_the_next_socket(stream: TwilioStream) -> None:
    Playout(stream)
    await asyncio.sleep(3)
    stream.detach()
    await asyncio.sleep(1)
    carrier = Playout(stream)
    await asyncio.sleep(2)
    assert len(carrier.played()) == 2 * SECOND
    stream.detach()
