"""Is a recording where the call was? Both channels against the carrier's own record of the same call.

    python -m benchmarks.recording              # ten minutes of call on a virtual clock, then what it costs
    python -m benchmarks.recording --seconds 60 --real

In the call packets are lost and late, and the caller speaks into every other reply. A stretch of a channel is
looked up in the carrier's record by cross-correlation. Ends with 1 when a limit is missed.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from loguru import logger
from numpy.typing import NDArray

from benchmarks.recording_call import Taken, take
from benchmarks.recording_cost import Cost, cost
from processors import g711
from processors.frames import RATE
from trunkline.testing.clock import VirtualTimeLoop

DRIFT_LIMIT_MS = 1.0
"""By how much a channel may move from the first tenth of the call to the last."""

LONG = 300.0
"""Seconds of a call that can tell: in the first ones, jitter leaves some milliseconds of error."""

ALIGNMENT_LIMIT_MS = 20.0
"""By how much any stretch of either channel may be off."""

COST_LIMIT = 0.01
"""Share of a core that 80 recorded calls may cost more for each packet."""

STRETCH = 2 * RATE
REACH = RATE // 2
"""Samples: of a stretch, and by which it may be off to be found."""

AUDIBLE = 0.2
"""Share of a stretch that must hold sound."""

SURE = 0.5
"""Correlation below which a stretch was not found: it holds too little of the sound."""


@dataclass(frozen=True, slots=True)
class Channel:
    """How far the stretches of one channel are off, in milliseconds, in order."""

    offsets: Sequence[float]
    lost: int
    """Stretches that were not found."""

    @property
    def drift(self) -> float:
        """From the first tenth to the last."""
        tenth = max(1, len(self.offsets) // 10)
        return abs(median(self.offsets[-tenth:]) - median(self.offsets[:tenth]))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one call has shown."""

    caller: Channel
    agent: Channel

    @property
    def worst(self) -> float:
        """Of the stretches of both channels, how far the worst is off the beginning of the call."""
        zero = median(self.caller.offsets)
        return max(abs(offset - zero) for offset in (*self.caller.offsets, *self.agent.offsets))

    def misses(self, seconds: float) -> list[str]:
        """The limits that are not kept in a call of such a length."""
        found = []
        for name, channel in (("caller", self.caller), ("agent", self.agent)):
            if channel.drift > DRIFT_LIMIT_MS and seconds >= LONG:
                found.append(f"the {name}'s channel drifts by {channel.drift:.2f} ms")
            if channel.lost:
                found.append(f"{channel.lost} stretches of the {name}'s channel are not what the carrier has")
        if self.worst > ALIGNMENT_LIMIT_MS:
            found.append(f"a stretch is off by {self.worst:.1f} ms")
        return found


def figures(taken: Taken) -> Figures:
    return Figures(channel(taken.caller, taken.said), channel(taken.agent, taken.heard))


def channel(recorded: bytes, known: bytes) -> Channel:
    """Look up each stretch that holds sound."""
    mine, theirs = samples(recorded), samples(known)
    found = [
        offset(mine[at : at + STRETCH], theirs, at)
        for at in range(0, len(mine) - STRETCH, STRETCH)
        if np.count_nonzero(np.abs(mine[at : at + STRETCH]) > 200) > AUDIBLE * STRETCH
    ]
    return Channel([1000 * one / RATE for one in found if one is not None], found.count(None))


def offset(piece: NDArray[np.float64], known: NDArray[np.float64], at: int) -> int | None:
    """Samples by which a piece is later in the other record; None if it is not there."""
    low = max(0, at - REACH)
    around = known[low : at + len(piece) + REACH]
    size = 1 << (len(around) + len(piece)).bit_length()
    match = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(piece, size)), size)
    sums = np.concatenate(([0.0], np.cumsum(around**2)))
    energy = np.sqrt((sums[len(piece) :] - sums[: -len(piece)]) * np.sum(piece**2))
    likeness = match[: len(energy)] / np.maximum(energy, 1.0)
    best = int(np.argmax(likeness))
    return low + best - at if likeness[best] > SURE else None


def samples(mulaw: bytes) -> NDArray[np.float64]:
    return np.frombuffer(g711.decode(mulaw), g711.PCM).astype(np.float64)


def report(seconds: float, found: Figures, price: Cost) -> str:
    rows = [
        f"{seconds:.0f} s of call",
        f"{'':10}{'stretches':>10}{'drift ms':>10}{'median ms':>11}{'worst ms':>10}",
    ]
    zero = median(found.caller.offsets)
    for name, one in (("caller", found.caller), ("agent", found.agent)):
        off = [abs(value - zero) for value in one.offsets]
        rows.append(f"{name:10}{len(off):>10}{one.drift:>10.3f}{median(off):>11.3f}{max(off):>10.3f}")
    rows.append(
        f"cost: {price.tap_us:.2f} us a packet (receiving it takes {price.packet_us:.1f} us), "
        f"{price.second_us:.0f} us a second of call to sort it; 80 calls: {price.share(80):.2%} of a core"
    )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recording",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=600.0, help="length of the call")
    parser.add_argument("--real", action="store_true", help="in real time")
    given = parser.parse_args(arguments)
    logger.remove()
    with asyncio.Runner(loop_factory=None if given.real else VirtualTimeLoop) as runner:
        taken = runner.run(take(given.seconds))
    found, price = figures(taken), asyncio.run(cost())
    sys.stdout.write(report(len(taken.agent) / RATE, found, price) + "\n")
    misses = found.misses(given.seconds)
    if price.tap_us * 50 * 80 / 1e6 > COST_LIMIT:
        misses.append(f"a packet costs {price.tap_us:.2f} us more")
    for miss in misses:
        sys.stdout.write(f"MISSED: {miss}\n")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
