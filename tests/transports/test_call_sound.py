"""Both channels of a stream: packets where their timestamps say, our sound where the caller heard it."""

import asyncio
import random

import pytest

from processors.g711 import SILENCE
from tests.transports.playout import START
from transports.call_sound import LAG, LONGEST_LAG, CallSound, Stretch
from transports.media_events import Mark, Media
from transports.media_streams import MediaStream
from transports.sound_clock import SoundClock

MS = 8
PACKET = 20 * MS


class Taped:
    """A stream whose sound is taken once a second, as it is in a call."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.clock = SoundClock()
        self.sound = CallSound(self.clock)
        protocol = MediaStream()
        protocol.receive(START)
        self.clock.begin(self.loop.time())
        self.sound.began()
        self.commands = self.sound.told(protocol)
        self.caller, self.agent = bytearray(), bytearray()

    def keep(self) -> None:
        stretch = self.sound.take()
        if stretch is not None:
            for channel, part in ((self.caller, stretch.caller), (self.agent, stretch.agent)):
                channel += SILENCE * (stretch.at - len(channel)) + part

    async def hear(self, *packets: tuple[int, float], byte: int = 1) -> None:
        """Packets by timestamp and arrival, in seconds from now."""
        began = self.loop.time()
        for timestamp_ms, arrives in sorted(packets, key=lambda packet: packet[1]):
            await asyncio.sleep(max(0.0, began + arrives - self.loop.time()))
            self.sound.receive(Media(bytes([byte]) * PACKET, timestamp_ms))
            self.keep()

    def over(self) -> None:
        self.sound.ended()
        self.keep()


@pytest.fixture
async def taped() -> Taped:
    return Taped()


def packets(
    seconds: float, late: float = 0.0, lost: float = 0.0, *, timed: bool = True
) -> list[tuple[int, float]]:
    dice = random.Random(1)
    return [
        (20 * number if timed else 0, 0.02 * (number + 1) + dice.uniform(0, late))
        for number in range(round(seconds * 50))
        if dice.random() >= lost
    ]


async def test_late_packets_stand_where_they_belong(taped: Taped) -> None:
    await taped.hear(*packets(5, late=0.3))
    taped.over()
    assert bytes(taped.caller).rstrip(SILENCE) == b"\1" * (5000 * MS)
    assert len(taped.caller) == len(taped.agent)


async def test_lost_packets_are_silence(taped: Taped) -> None:
    sent = packets(5, late=0.1, lost=0.2)
    await taped.hear(*sent)
    taped.over()
    for timestamp_ms in range(0, 5000, 20):
        there = timestamp_ms in {stamp for stamp, _ in sent}
        piece = bytes(taped.caller[timestamp_ms * MS :][:PACKET]).ljust(PACKET, SILENCE)
        assert piece == (b"\1" if there else SILENCE) * PACKET


async def test_rounded_timestamps_make_neither_gap_nor_overlap(taped: Taped) -> None:
    await taped.hear(*((20 * number + number % 2, 0.02 * (number + 1)) for number in range(100)))
    taped.over()
    assert abs(len(bytes(taped.caller).rstrip(SILENCE)) - 2000 * MS) <= MS
    assert SILENCE not in bytes(taped.caller[MS : 1990 * MS])


async def test_a_stall_of_the_network_loses_nothing(taped: Taped) -> None:
    held = [(stamp, max(at, 6.0) if 1 < at < 6 else at) for stamp, at in packets(8)]
    await taped.hear(*held)
    taped.over()
    assert bytes(taped.caller).rstrip(SILENCE) == b"\1" * (8000 * MS)


async def test_memory_is_bounded_when_the_caller_is_gone(taped: Taped) -> None:
    await taped.hear(*packets(1))
    for _ in range(30):
        await asyncio.sleep(1)
        taped.keep()
    assert len(taped.caller) >= (31 - LONGEST_LAG - 1) * 8000


async def test_a_peer_without_timestamps_is_placed_by_the_clock(taped: Taped) -> None:
    sent = packets(4, late=0.05, timed=False)
    await taped.hear(*(packet for packet in sent if not 1 < packet[1] < 2))
    taped.over()
    assert bytes(taped.caller[: 950 * MS]) == b"\1" * (950 * MS)
    gap = bytes(taped.caller[950 * MS : 2050 * MS])
    assert abs(gap.count(SILENCE) - 1000 * MS) <= 60 * MS
    assert abs(len(taped.caller) - 4000 * MS) <= 60 * MS


async def test_a_timestamp_that_cannot_be_is_not_believed(taped: Taped) -> None:
    await taped.hear(*packets(1))
    taped.sound.receive(Media(b"\2" * PACKET, 10**12))
    await taped.hear(*((1020 + stamp, at) for stamp, at in packets(1)), byte=3)
    taped.over()
    assert len(taped.caller) < 3000 * MS
    assert bytes(taped.caller).rstrip(SILENCE).endswith(b"\3" * PACKET)


async def test_our_sound_is_where_it_was_heard(taped: Taped) -> None:
    hearing = asyncio.create_task(taped.hear(*packets(6, late=0.05)))
    await asyncio.sleep(1)
    taped.commands.media(b"\x20" * 8000)
    taped.commands.media(b"\x21" * 8000)
    await asyncio.sleep(1.5)
    taped.commands.clear()
    taped.commands.media(b"\x22" * 800)
    await hearing
    taped.over()
    spoken = bytes(taped.agent)
    assert abs(spoken.index(b"\x20") - 8000) <= 5 * MS
    assert spoken.count(b"\x20") == 8000
    assert abs(spoken.count(b"\x21") - 4000) <= 5 * MS
    assert spoken.count(b"\x22") == 800


async def test_a_carrier_that_is_far_hears_us_later_than_we_speak(taped: Taped) -> None:
    # 100 ms there and back: what we hear and what we say meet at the carrier, not here.
    taped.commands.mark("probe")
    await asyncio.sleep(0.1)
    taped.sound.receive(Mark("probe"))
    assert taped.sound.way == pytest.approx(0.1)
    for stamp, _ in packets(2):
        await asyncio.sleep(0.02)
        taped.sound.receive(Media(b"\1" * PACKET, stamp))
        if stamp == 980:
            taped.commands.media(b"\x20" * 800)
    taped.over()
    assert abs(bytes(taped.agent).index(b"\x20") - 1100 * MS) <= 2 * MS


async def test_what_is_muted_is_silence_on_both_channels(taped: Taped) -> None:
    hearing = asyncio.create_task(taped.hear(*packets(6, late=0.2)))
    taped.commands.media(b"\x20" * 48_000)
    await asyncio.sleep(2)
    taped.sound.mute()
    taped.sound.mute()
    assert taped.sound.is_muted
    await asyncio.sleep(2)
    taped.sound.unmute()
    taped.sound.unmute()
    await hearing
    taped.over()
    for channel, byte in ((taped.caller, b"\1"), (taped.agent, b"\x20")):
        sound = bytes(channel).rstrip(SILENCE)
        assert abs(sound.count(SILENCE) - 2000 * MS) <= 20 * MS
        assert sound[: 1900 * MS] == byte * (1900 * MS)
        assert sound[4100 * MS : 5900 * MS] == byte * (1800 * MS)


async def test_nothing_is_written_of_what_is_muted_throughout(taped: Taped) -> None:
    taped.sound.mute()
    await taped.hear(*packets(5))
    assert (taped.caller, taped.agent) == (bytearray(), bytearray())


async def test_another_stream_goes_on_behind_the_gap(taped: Taped) -> None:
    await taped.hear(*packets(3))
    taped.over()
    await asyncio.sleep(4)
    taped.clock.begin(taped.loop.time())
    taped.sound.began()
    await taped.hear(*packets(3), byte=2)
    taped.over()
    sound = bytes(taped.caller)
    assert sound[: 3000 * MS] == b"\1" * (3000 * MS)
    assert abs(sound.index(b"\2") - 7000 * MS) <= 5 * MS
    assert sound.count(b"\2") == 3000 * MS


async def test_it_is_not_final_before_stragglers_are_here(taped: Taped) -> None:
    assert CallSound(SoundClock()).take() is None
    await taped.hear(*packets(4))
    assert 4 - LAG - 0.1 <= len(taped.caller) / 8000 <= 4 - LAG
    assert "\1" not in repr(Stretch(0, b"\1", b"\1"))
