"""When a channel of a call sounds: frames of 5 ms, and the stretches they make up."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors import g711
from processors.g711 import BYTES_PER_MS

RATE = 1000 * BYTES_PER_MS
"""Samples a second, a byte each."""

FRAME = 5 * BYTES_PER_MS
"""Samples over which loudness is taken."""

AUDIBLE_DBFS = -45.0
"""A frame sounds above this level (RMS, dB below full scale); an agent that is ducked still does."""

AUDIBLE = 10 ** (AUDIBLE_DBFS / 20)

BRIDGE = 0.2
"""Seconds of silence that do not end a stretch: the tick of tau-voice."""

FULL_SCALE = 32768.0


class Stretch(NamedTuple):
    """Seconds from one sound to the end of another, without a silence of note between them."""

    start: float
    end: float

    def covers(self, at: float) -> bool:
        """Whether it has begun by then, and is not over."""
        return self.start <= at < self.end


class Channel:
    """One party of a call, as sound: silences of 5 ms, and to the sample where a stretch begins.

    Args:
        mulaw: 8 kHz.
    """

    def __init__(self, mulaw: bytes) -> None:
        sound = _samples(mulaw)
        self._sounding = np.flatnonzero(_loud(sound))
        self.seconds = len(mulaw) / RATE
        self.stretches = [
            Stretch(_onset(sound, stretch.start), stretch.end) for stretch in _stretches(self._sounding)
        ]
        """All of them, in order."""

    def within(self, start: float, end: float) -> Stretch | None:
        """From the first sound between two moments to the last one; ``None`` if there is none."""
        first, last = np.searchsorted(self._sounding, [_frame(start), _frame(end)])
        if first == last:
            return None
        return Stretch(_seconds(self._sounding[first]), _seconds(self._sounding[last - 1] + 1))

    def at(self, moment: float) -> Stretch | None:
        """The stretch that sounds at a moment."""
        return next((stretch for stretch in self.stretches if stretch.covers(moment)), None)

    def onsets(self, start: float, end: float) -> list[float]:
        """When stretches begin between two moments."""
        return [stretch.start for stretch in self.stretches if start <= stretch.start < end]


def audible(mulaw: bytes) -> NDArray[np.bool_]:
    """Of each whole 5 ms, whether they can be heard."""
    return _loud(_samples(mulaw))


def _samples(mulaw: bytes) -> NDArray[np.float64]:
    return np.frombuffer(g711.decode(mulaw), g711.PCM).astype(np.float64) / FULL_SCALE


def _loud(sound: NDArray[np.float64]) -> NDArray[np.bool_]:
    power = (sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME) ** 2).mean(1)
    loud: NDArray[np.bool_] = power > AUDIBLE**2
    return loud


def _onset(sound: NDArray[np.float64], frame: float) -> float:
    """The first loud sample around the start of a frame: the frame before it may end with some."""
    first = max(0, round(frame * RATE) - FRAME)
    return (first + int((np.abs(sound[first : first + 2 * FRAME]) > AUDIBLE).argmax())) / RATE


def _stretches(sounding: NDArray[np.intp]) -> list[Stretch]:
    if not len(sounding):
        return []
    breaks = np.flatnonzero(np.diff(sounding) > _frame(BRIDGE))
    firsts = sounding[np.concatenate(([0], breaks + 1))]
    lasts = sounding[np.concatenate((breaks, [len(sounding) - 1]))]
    return [Stretch(_seconds(first), _seconds(last + 1)) for first, last in zip(firsts, lasts, strict=True)]


def _frame(seconds: float) -> int:
    return round(seconds * RATE / FRAME)


def _seconds(frame: int) -> float:
    return float(frame) * FRAME / RATE
