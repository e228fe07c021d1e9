"""What a recording costs the event loop: for each packet of the caller, and for each second of a call."""

import asyncio
import base64
import time
from dataclasses import dataclass
from statistics import median

import orjson

from processors.g711 import SILENCE
from transports.call_sound import CallSound
from transports.media_events import Event
from transports.media_streams import MediaStream
from transports.sound_clock import SoundClock
from transports.twilio_input import TwilioInput
from transports.twilio_stream import TwilioStream
from trunkline.recording import wav

PACKETS_A_SECOND = 50

ROUNDS = 15
PACKETS = 2_000
"""In a round."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds."""

    tap_us: float
    """More for each packet."""
    packet_us: float
    """For each packet without a recording, until it leaves the first stage."""
    second_us: float
    """More for each second of a call, to sort a second of packets and interleave it."""

    def share(self, calls: int) -> float:
        """Of one core, of so many calls."""
        return calls * (PACKETS_A_SECOND * self.tap_us + self.second_us) / 1e6


async def cost() -> Cost:
    """Measure it, as medians of rounds that alternate."""
    bare, tapped, sorting = [], [], []
    for _ in range(ROUNDS):
        events, spent = await _received()
        bare.append(spent)
        spent, rest = _tapped(events)
        tapped.append(spent)
        sorting.append(rest)
    return Cost(median(tapped), median(bare), median(sorting))


async def _received() -> tuple[list[Event], float]:
    """Packets, and the microseconds that each takes from the wire until it leaves the first stage."""
    source, protocol = TwilioInput(TwilioStream()), MediaStream()
    protocol.receive(_start())
    packets, events = [_packet(number) for number in range(PACKETS)], []
    began = time.perf_counter()
    for packet in packets:
        event = protocol.receive(packet)
        events.append(event)
        await source.receive(event)
    return events, 1e6 * (time.perf_counter() - began) / PACKETS


def _tapped(events: list[Event]) -> tuple[float, float]:
    """Microseconds of a packet, and of a second of them."""
    clock = SoundClock()
    clock.begin(asyncio.get_running_loop().time())
    sound = CallSound(clock)
    sound.began()
    tap = sound.receive
    began = time.perf_counter()
    for event in events:
        tap(event)
    packet = 1e6 * (time.perf_counter() - began) / PACKETS
    sound.ended()
    began = time.perf_counter()
    _sort(sound)
    return packet, 1e6 * (time.perf_counter() - began) * PACKETS_A_SECOND / PACKETS


def _sort(sound: CallSound) -> None:
    stretch = sound.take()
    if stretch is not None:
        wav.interleaved(stretch.caller, stretch.agent)


def _start() -> bytes:
    body = {"accountSid": "AC1", "streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"]}
    form = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    start = {**body, "mediaFormat": form, "customParameters": {}}
    return orjson.dumps({"event": "start", "sequenceNumber": "1", "start": start, "streamSid": "MZ1"})


def _packet(number: int) -> bytes:
    media = {
        "track": "inbound",
        "chunk": str(number + 1),
        "timestamp": str(20 * number),
        "payload": base64.b64encode(SILENCE * 160).decode(),
    }
    message = {"event": "media", "sequenceNumber": str(number + 2), "media": media, "streamSid": "MZ1"}
    return orjson.dumps(message)
