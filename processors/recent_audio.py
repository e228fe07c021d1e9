"""The last seconds of the caller's audio, and where in them the caller's last sound was."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from processors.frames import RATE
from processors.g711 import BYTES_PER_MS, POWER

KEPT = 125
"""Packets: two and a half seconds on a phone line."""

WINDOW = 5 * BYTES_PER_MS
"""Samples over which loudness is taken."""

AUDIBLE_DBFS = -45.0
"""What is louder can be heard (RMS, dB below full scale)."""

AUDIBLE_DB = 30.0
"""And of a quiet voice, what is within so many decibels of its loud parts."""

ABOVE_NOISE_DB = 6.0
"""But only what is so far above the noise that was left when the voice was gone."""

AUDIBLE = (32768 * 10 ** (AUDIBLE_DBFS / 20)) ** 2
"""The same as a power."""

EVENLY = np.full(WINDOW, 1 / WINDOW, np.float32)
"""Weights that make a sum of 5 ms their mean."""

DRIFT = 100e-6
"""Seconds a second by which two clocks may part: crystals are good to some 50 ppm each."""

RESTART = 2.0
"""Seconds. A stream whose clock jumps by more is another stream."""


@dataclass(frozen=True, slots=True)
class LastSound:
    """When the caller's last sound was. Seconds on the event loop's clock."""

    ended_at: float
    """On the clock of the stream, as if no packet had been late: what the caller's own watch says, but for
    the time that the fastest packet took."""
    arrived_at: float
    """When it was here, in whatever packet."""


class RecentAudio:
    """Keeps packets as they come, which costs next to nothing, and looks into them when asked."""

    def __init__(self) -> None:
        self._packets: deque[tuple[float, int | None, bytes]] = deque(maxlen=KEPT)
        self._base: tuple[float, float] | None = None
        """Least time from a packet's end on the stream's clock to its arrival, and when that was."""

    def hear(self, now: float, timestamp_ms: int | None, mulaw: bytes) -> None:
        """A packet came.

        Args:
            now: the event loop's time.
            timestamp_ms: of the packet's start on the stream's clock; None if nobody says.
            mulaw: the packet.
        """
        self._packets.append((now, timestamp_ms, mulaw))

    def last_sound(self, silent: float) -> LastSound | None:
        """When the caller's last sound was; None if nothing can be heard.

        Args:
            silent: seconds at the end that hold no voice, as far as a detector can tell.
        """
        mulaw = b"".join(packet for _, _, packet in self._packets)
        end = last_audible(mulaw, round(silent * RATE))
        if end is None:
            return None
        closes = self._closes()
        behind = self._settle(closes)
        place = 0
        for (arrived, _, packet), close in zip(self._packets, closes, strict=True):
            place += len(packet)
            if place >= end:
                # A sound in the middle of a packet waits for the rest of the packet: the carrier is not late.
                rest = (place - end) / RATE
                return LastSound(close + behind - rest, arrived - rest)
        return None

    def _settle(self, closes: Sequence[float]) -> float:
        """By how much the stream's clock is behind ours when nothing is late."""
        now, stamp, _ = self._packets[-1]
        least = min(arrived - close for (arrived, _, _), close in zip(self._packets, closes, strict=True))
        if self._base is not None and stamp is not None:
            known, at = self._base
            known += DRIFT * (now - at)
            if abs(least - known) < RESTART:
                least = min(least, known)
        self._base = (least, now)
        return least

    def _closes(self) -> list[float]:
        """The end of each packet on the stream's clock: by its timestamp, or else by what came before it."""
        stamps = [stamp for _, stamp, _ in self._packets]
        lengths = (len(packet) / RATE for _, _, packet in self._packets)
        if None in stamps or stamps[0] == stamps[-1]:
            return list(accumulate(lengths))
        return [
            stamp / 1000 + length for stamp, length in zip(stamps, lengths, strict=True) if stamp is not None
        ]


def last_audible(mulaw: bytes, silent: int) -> int | None:
    """The sample behind the last 5 ms that can be heard; None if there is none.

    Args:
        mulaw: the audio.
        silent: samples at its end in which no voice is left, so that what they hold is noise, or the very
            end of a word: a detector misses a whispered *s*.
    """
    power = _power(mulaw)
    if not power.size:
        return None
    noise = _quantile(power[-(silent // WINDOW) :], 0.5) if silent >= WINDOW else 0.0
    audible = min(_loud(power) / 10 ** (AUDIBLE_DB / 10), AUDIBLE)
    threshold = max(audible, noise * 10 ** (ABOVE_NOISE_DB / 10))
    heard = np.flatnonzero(power > threshold)
    return len(mulaw) - (power.size - 1 - int(heard[-1])) * WINDOW if heard.size else None


def _power(mulaw: bytes) -> NDArray[np.float32]:
    """Of each 5 ms, counted from the end."""
    codes = np.frombuffer(mulaw, np.uint8)[len(mulaw) % WINDOW :]
    power: NDArray[np.float32] = POWER.take(codes).reshape(-1, WINDOW) @ EVENLY
    return power


def _loud(power: NDArray[np.float32]) -> float:
    """How loud the loud parts of speech are: of its 5 ms, the 95th percentile."""
    spoken = np.flatnonzero(power > power.max() / 10 ** (AUDIBLE_DB / 10))
    return _quantile(power[spoken[0] : spoken[-1] + 1], 0.95) if spoken.size else 0.0


def _quantile(values: NDArray[np.float32], share: float) -> float:
    """numpy's takes five times as long."""
    place = int(share * (values.size - 1))
    return float(np.partition(values, place)[place])
