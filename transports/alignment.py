"""Lays the units of a text along the shape of its sound: the likeliest way, by dynamic programming.

Each pause of the sound is behind one of the units, or means nothing; the speech between two pauses takes as
long as the units between them should. What speaks against a way is counted in negative logarithms.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processors.frames import RATE
from transports.sound_shape import SoundShape
from transports.spoken_units import STOP, Unit

LENGTH_ERROR = 0.09
"""Seconds by which one unit is usually longer or shorter than expected."""

PACE_ERROR = 0.10
"""Part by which a phrase is usually slower or faster."""

PACES = (0.72, 0.85, 1.0, 1.18)
"""Parts of the expected pace that are tried while more sound is to come."""

PACE_SPREAD = 0.25
"""Part by which a sentence is usually slower or faster than the voice's others, times the root of two."""

CLOSURE = 0.07
"""Seconds of a pause that may well be inside of a word: the closure of a "t" or a "p"."""

MEANINGLESS = 25.0
"""How fast it becomes unlikely that a longer one means nothing, a second."""

NOT_A_PAUSE = 0.12
"""Seconds below which it is hardly the pause behind a sentence."""

INSTANT = 0.001
"""Seconds of what takes no time, a dash."""

Numbers = NDArray[np.float64]


def align(units: Sequence[Unit], shape: SoundShape, pace: float | None) -> list[tuple[int, int]]:
    """Where each unit begins and ends, in bytes.

    Args:
        units: at least one.
        shape: of all the sound, or of its beginning.
        pace: how much longer than usual the voice takes; None when the sound is complete, which shows it.
            Units that are not there yet get the times that they will probably have.
    """
    if pace is None:
        return _Alignment(units, shape, None).times()
    tried = [_Alignment(units, shape, pace * factor) for factor in PACES]
    against = [way.cost + (log(factor) / PACE_SPREAD) ** 2 for way, factor in zip(tried, PACES, strict=True)]
    return tried[int(np.argmin(against))].times()


class _Alignment:
    def __init__(self, units: Sequence[Unit], shape: SoundShape, pace: float | None) -> None:
        self._units = units
        self._shape = shape
        self._is_open = pace is not None
        pauses = np.array(shape.pauses, np.float64).reshape(-1, 2) / RATE
        self._pauses = pauses[:, 1] - pauses[:, 0]
        begins = np.append(pauses[:, 0], shape.end / RATE) - shape.start / RATE
        silence = np.append(0.0, np.cumsum(self._pauses))
        self._knots: Numbers = np.append(0.0, begins - silence)
        """Seconds of speech up to the beginning, each pause, and the end."""
        usual = np.append(0.0, np.cumsum([max(unit.length, INSTANT) for unit in units]))
        shown = float(self._knots[-1] / max(usual[-1], 0.01))
        self._reach: Numbers = usual * (shown if pace is None else max(pace, shown))
        """Seconds of speech up to the end of each unit, expected."""
        self.cost, self._way = self._likeliest()

    def times(self) -> list[tuple[int, int]]:
        """Start and end of each unit."""
        ends = [0.0]
        for (k, i), (after, j) in pairwise(self._way):
            share = (self._reach[i + 1 : j] - self._reach[i]) / (self._reach[j] - self._reach[i])
            ends.extend(self._knots[k] + share * (self._knots[after] - self._knots[k]))
            ends.append(self._knots[after])
        ends.extend(ends[-1] + self._reach[len(ends) :] - self._reach[len(ends) - 1])
        return [(self._byte(a, "right"), self._byte(b, "left")) for a, b in pairwise(ends)]

    def _byte(self, speech: float, side: Any) -> int:
        """Where so many seconds of speech are over: before (left) or behind (right) the pause there."""
        passed = int(np.searchsorted(self._knots[1:-1], speech, side))
        return self._shape.start + round((speech + float(self._pauses[:passed].sum())) * RATE)

    def _likeliest(self) -> tuple[float, list[tuple[int, int]]]:
        """What speaks against the likeliest way; and the pauses on it that mean something, each with how many
        units are before it, from the beginning on."""
        last, count = len(self._knots) - 1, len(self._units)
        best = np.full((last + 1, count + 1), np.inf)
        best[0, 0] = 0.0
        origin = np.zeros((last + 1, count + 1, 2), np.int64)
        skipped = np.append(0.0, np.cumsum(MEANINGLESS * np.maximum(0.0, self._pauses - CLOSURE)))
        against, (expected, spread, passed) = self._against_pauses(), self._stretches()
        for k in range(1, last + (not self._is_open)):
            for before in range(k):
                error = self._knots[k] - self._knots[before] - expected
                cost = best[before][:, None] + error * error / spread + passed
                cost += skipped[k - 1] - skipped[before]
                origins = cost.argmin(axis=0)
                costs = cost[origins, np.arange(count + 1)]
                better = costs < best[k]
                best[k][better] = costs[better]
                origin[k, better, 0], origin[k, better, 1] = before, origins[better]
            if k < last:
                best[k] += against[k - 1]
        if not self._is_open:
            return float(best[last, count]), _way_to((last, count), origin)
        cost, goal = self._open_end(best, passed, skipped)
        return cost, _way_to(goal, origin)

    def _against_pauses(self) -> Numbers:
        """By pause, and by units before it: what speaks against a pause of that length there."""
        places = [STOP, *(unit.place for unit in self._units)]
        there = np.array([place.pause for place in places])
        is_stop = np.array([place is STOP for place in places])
        short = np.maximum(0.0, NOT_A_PAUSE - self._pauses)[:, None] * is_stop * MEANINGLESS
        against: Numbers = there + short
        return against

    def _stretches(self) -> tuple[Numbers, Numbers, Numbers]:
        """By the units before a stretch of speech, and at its end: its length, how far that may be off, and
        what speaks against the pauses that it does not have."""
        expected = self._reach[None, :] - self._reach[:, None]
        units = np.arange(len(self._reach))
        count = units[None, :] - units[:, None]
        spread = 2 * (LENGTH_ERROR**2 * np.maximum(count, 1) + (PACE_ERROR * expected) ** 2)
        missing = np.append(0.0, np.cumsum([unit.place.none for unit in self._units]))
        passed = np.append(0.0, missing[:-1])[None, :] - missing[:, None]
        return expected, spread, np.where(count > 0, passed, np.inf)

    def _open_end(self, best: Numbers, passed: Numbers, skipped: Numbers) -> tuple[float, tuple[int, int]]:
        """The last pause that means something, and the units before it, when more sound is to come."""
        left = self._knots[-1] - self._knots[:-1]
        cost = best[:-1] + (skipped[-1] - skipped[: len(left)])[:, None]
        count = len(self._units)
        for k, seconds in enumerate(left):
            reached = np.searchsorted(self._reach, self._reach + seconds, "right") - 1
            inside = np.minimum(np.maximum(reached, np.arange(count + 1) + 1), count)
            gone = passed[np.arange(count + 1), inside]
            cost[k] += np.where(np.isinf(gone), 0.0, gone)
            # Speech that goes on when all units are over.
            over = self._reach + seconds - self._reach[-1]
            cost[k] += (np.maximum(0.0, over) / (LENGTH_ERROR + PACE_ERROR * self._reach[-1])) ** 2
        goal = divmod(int(cost.argmin()), cost.shape[1])
        return float(cost[goal]), goal


def _way_to(goal: tuple[int, int], origin: NDArray[np.int64]) -> list[tuple[int, int]]:
    way = [goal]
    while way[-1] != (0, 0):
        k, i = origin[way[-1]]
        way.append((int(k), int(i)))
    return way[::-1]
