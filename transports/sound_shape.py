"""The shape of speech in its audio: where it begins and ends, and the pauses in between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors import g711

FRAME = 10 * g711.BYTES_PER_MS
"""Bytes of which the loudness is one number: 10 ms."""

QUIET = 30.0
"""Decibels below the loud parts of the speech at which there is none."""

FAINT = 30.0
"""Amplitude (of 32,767) below which nothing is speech."""

SHORTEST = 6
"""Frames of the shortest pause: the closure of a "t" or a "p" is shorter, or hardly longer."""

MOST = 14
"""Pauses that are looked at; the longest ones."""


@dataclass(frozen=True, slots=True)
class SoundShape:
    """Speech in audio. All are positions, in bytes."""

    start: int
    end: int
    pauses: tuple[tuple[int, int], ...]
    """Where each begins and ends, in order."""


def sound_shape(mulaw: bytes) -> SoundShape:
    """Find the speech in ``mulaw``; without any, all of it counts as speech."""
    quiet = _quiet(mulaw)
    loud = np.flatnonzero(~quiet)
    if not len(loud):
        return SoundShape(0, len(mulaw), ())
    first, last = int(loud[0]), int(loud[-1])
    # Where quiet begins and ends, between the first sound and the last.
    edges = np.flatnonzero(np.diff(quiet[first : last + 1].astype(np.int8))) + first + 1
    pauses = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= SHORTEST]
    longest = sorted(sorted(pauses, key=lambda pause: pause[0] - pause[1])[:MOST])
    end = min(len(mulaw), (last + 1) * FRAME)
    return SoundShape(first * FRAME, end, tuple((a * FRAME, b * FRAME) for a, b in longest))


def _quiet(mulaw: bytes) -> NDArray[np.bool_]:
    """Whether there is no speech, frame by frame."""
    frames = max(1, len(mulaw) // FRAME)
    samples = np.frombuffer(mulaw.ljust(FRAME, g711.SILENCE), np.uint8)[: frames * FRAME]
    energy = g711.POWER.take(samples).reshape(frames, FRAME).mean(axis=1)
    loud = float(np.percentile(energy, 95))
    threshold = max(loud / 10 ** (QUIET / 10), FAINT**2)
    quiet: NDArray[np.bool_] = energy < threshold
    return quiet
