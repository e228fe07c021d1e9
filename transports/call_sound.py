"""Both channels of a call as it was: the caller by the media's timestamps, the agent as the caller heard it.

Nothing is worked out while a packet comes: that is done for a second of packets at a time, and some seconds
late, when stragglers are here and marks have shown how late the carrier plays.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from processors.frames import RATE
from processors.g711 import SILENCE
from transports.far_ear import FarEar
from transports.media_events import Event, Mark, Media
from transports.sound_clock import SoundClock
from transports.track import Track
from transports.twilio_stream import Commands

LAG = 2.0
"""Seconds after which what was heard is final."""

LONGEST_LAG = 10.0
"""Seconds that packets of the caller may be held up on the way before silence stands for them."""

JOIN = RATE // 1000
"""Bytes, 1 ms, by which a timestamp may miss the packet before: it is a rounded number."""

JOIN_RUN = 15 * RATE // 1000
"""Bytes by which a run of sound without a pause may be off before it is put right."""

LOST = RATE // 10
"""Bytes that a packet without a timestamp must be late for a gap to be taken for loss."""

INCREDIBLE = 60 * RATE
"""Bytes that a timestamp may be off from the clock before it tells nothing."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of both channels; mu-law, equally long."""

    at: int
    """Samples since the call's first stream began."""
    caller: bytes = field(repr=False)
    agent: bytes = field(repr=False)


class CallSound:
    """Listens to a stream, both ways. What is :meth:`mute` is silence on both channels, for good.

    Args:
        clock: the call's.
    """

    def __init__(self, clock: SoundClock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._ear = FarEar()
        self._caller, self._agent = Track(), Track()
        self._packets: list[tuple[int, float, bytes]] = []
        self._keep = self._packets.append
        self._last_ms = -1
        self._is_on = False
        self._mutes: list[tuple[int, int | None]] = []

    @property
    def way(self) -> float:
        """Seconds to the carrier and back."""
        return self._ear.way

    # What happens on the stream.

    def began(self) -> None:
        """The clock has just begun with another stream."""
        self._is_on, self._last_ms = True, -1
        self._ear.reconnect()
        self._caller.skip(self._clock.base)
        self._agent.skip(self._clock.base)

    def ended(self) -> None:
        """The stream is over: the caller hears nothing more of it."""
        self._ear.clear(self._now())
        self._settle()
        self._is_on = False

    def receive(self, event: Event) -> None:
        """What the carrier sends; 50 times a second it is a packet of the caller."""
        if type(event) is Media:
            self._keep((event.timestamp_ms, self._now(), event.payload))
        elif type(event) is Mark:
            self._ear.marked(event.name, self._now())

    def told(self, commands: Commands) -> Commands:
        """The same commands, heard along."""
        return _Overheard(commands, self._ear, self._now)

    # Silence.

    def mute(self) -> None:
        """From now on nothing of it is kept."""
        if not self.is_muted:
            self._mutes.append((self._clock.at(self._now()), None))

    def unmute(self) -> None:
        """What is said from now on is kept again; what is on its way to the caller is not."""
        if self.is_muted:
            self._mutes[-1] = (self._mutes[-1][0], self._clock.at(self._now() + self._ear.way))

    @property
    def is_muted(self) -> bool:
        return bool(self._mutes) and self._mutes[-1][1] is None

    # What became of it.

    def take(self) -> Stretch | None:
        """What is final and was not taken yet; None if that is nothing, or silence by wish."""
        if not self._clock.is_running:
            return None
        self._settle()
        now = self._clock.at(self._now())
        until = now
        if self._is_on:
            until = min(now - int(LAG * RATE), max(self._caller.end, now - int(LONGEST_LAG * RATE)))
        self._hear_out(until)
        at = self._caller.start
        if until <= at:
            return None
        caller, agent = self._caller.take(until), self._agent.take(until)
        return self._unmuted(Stretch(at, caller, agent))

    def _settle(self) -> None:
        """Put the packets where they belong."""
        packets = self._packets.copy()
        self._packets.clear()
        for timestamp_ms, arrived, mulaw in packets:
            self._caller.put(self._place(timestamp_ms, arrived, len(mulaw)), mulaw)

    def _place(self, timestamp_ms: int, arrived: float, size: int) -> int:
        clock, end = self._clock, self._caller.end
        by_clock = clock.at(arrived) - size
        at = clock.base + timestamp_ms * RATE // 1000
        if (timestamp_ms <= 0 == self._last_ms) or abs(at - by_clock) > INCREDIBLE:
            # A peer that does not tell the time: one packet behind the other, unless some are missing.
            return end if by_clock - end < LOST else by_clock
        self._last_ms = timestamp_ms
        clock.observe(timestamp_ms / 1000 + size / RATE, arrived)
        return end if abs(at - end) <= JOIN else at

    def _hear_out(self, until: int) -> None:
        """Put what the caller heard before a position."""
        way = self._ear.way
        for heard in self._ear.take(self._clock.time(until) - way):
            at, end = self._clock.at(heard.at + way), self._agent.end
            near = abs(at - end) <= (JOIN_RUN if heard.continues else JOIN)
            self._agent.put(end if near else max(at, end), heard.mulaw)

    def _unmuted(self, stretch: Stretch) -> Stretch | None:
        size, at = len(stretch.caller), stretch.at
        self._mutes = [mute for mute in self._mutes if mute[1] is None or mute[1] > at]
        spans = [
            (max(0, start - at), min(size, size if end is None else end - at)) for start, end in self._mutes
        ]
        spans = [(start, end) for start, end in spans if start < end]
        if not spans:
            return stretch
        if spans == [(0, size)]:
            return None
        return Stretch(at, _silenced(stretch.caller, spans), _silenced(stretch.agent, spans))


class _Overheard:
    """Commands that the ear hears as well."""

    def __init__(self, commands: Commands, ear: FarEar, now: Callable[[], float]) -> None:
        self._commands, self._ear, self._now = commands, ear, now

    def media(self, mulaw: bytes) -> str:
        message = self._commands.media(mulaw)
        self._ear.play(mulaw, self._now())
        return message

    def mark(self, name: str) -> str:
        message = self._commands.mark(name)
        self._ear.mark(name, self._now())
        return message

    def clear(self) -> str:
        message = self._commands.clear()
        self._ear.clear(self._now())
        return message


def _silenced(mulaw: bytes, spans: list[tuple[int, int]]) -> bytes:
    quiet = bytearray(mulaw)
    for start, end in spans:
        quiet[start:end] = SILENCE * (end - start)
    return bytes(quiet)
