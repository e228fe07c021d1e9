"""The ambience of one call as it goes out: alone between replies, and under the agent's voice.

The carrier's buffer is filled a few times a minute, by a timer; no mixer runs. The loop goes on where it was
heard last, so neither the voice nor its end is heard to cut it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from processors import g711
from processors.frames import RATE

FULL = 10.0
"""Seconds of sound kept at the carrier between replies."""

EMPTY = 2.0
"""Seconds of sound below which it is filled again; far more than our loop ever stalls."""

SEAM = 0.3
"""Seconds before the end of the voice at which ambience is sent behind it. Not earlier: if the voice goes on,
what is behind it has to be taken back."""

TICK = 0.002
"""Seconds; keeps a moment on the far side of a rounded byte position."""

MESSAGE = 8000
"""Bytes of ambience in one message: 1 s."""


class Bed:
    """Where in its loop a call is, and how much of it the carrier holds. Times are seconds.

    Args:
        loop: mu-law.
    """

    def __init__(self, loop: bytes) -> None:
        self._loop = loop
        self._at = 0
        self._until = 0.0
        self._is_alone = False
        self._is_filling = False

    def is_ahead(self, now: float) -> bool:
        """Whether the carrier would play ambience alone before whatever is sent now."""
        return self._is_alone and self._until > now

    def under(self, voice: bytes, now: float) -> bytes:
        """What goes out for a piece of the agent's voice: as many bytes."""
        self._is_alone = self._is_filling = False
        return mixed(voice, self._next(len(voice), now))

    def wait(self, now: float, voice: float) -> float:
        """Seconds until ambience alone is to be sent; 0 for now.

        Args:
            now: the time.
            voice: seconds of the agent's voice that the carrier holds.
        """
        if voice > SEAM:
            return voice - SEAM + TICK
        left = max(0.0, self._until - now)
        self._is_filling = left < (FULL if self._is_filling else EMPTY)
        return 0.0 if self._is_filling else left - EMPTY + TICK

    def alone(self, now: float) -> bytes:
        """The next piece of ambience, which goes out now."""
        self._is_alone = True
        return self._next(MESSAGE, now)

    def drop(self, now: float) -> None:
        """The carrier is told to drop what it has not played: the loop goes on from there."""
        unheard = max(0, round((self._until - now) * RATE))
        self._at = (self._at - unheard) % len(self._loop)
        self._until = now
        self._is_alone = self._is_filling = False

    def _next(self, size: int, now: float) -> bytes:
        self._until = max(self._until, now) + size / RATE
        at, self._at = self._at, (self._at + size) % len(self._loop)
        rounds = -(-(at + size) // len(self._loop))
        return (self._loop * rounds if rounds > 1 else self._loop)[at : at + size]


def mixed(voice: bytes, ambience: bytes) -> bytes:
    """The sum of two pieces of mu-law of the same length."""
    loud = np.frombuffer(voice, np.uint8).astype(np.uint16) << 8
    return _sums().take(loud | np.frombuffer(ambience, np.uint8)).tobytes()


@cache
def _sums() -> NDArray[np.uint8]:
    """The code of each sum of two codes: 64 KB, made once a process."""
    linear = g711.LINEAR.astype(np.int32)
    sums = np.clip(linear[:, None] + linear[None, :], -32768, 32767).astype(g711.PCM)
    table = np.frombuffer(g711.encode(sums.tobytes()), np.uint8).copy()
    # What is silence keeps the other's code, though there are two codes of zero.
    table.reshape(256, 256)[:, g711.SILENCE[0]] = np.arange(256)
    return table
