"""What tests of recordings share: a recording on the disk, beside what the carrier knows of the same call."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processors import g711
from tests.calls.town import Town, make_line
from trunkline import Recording
from trunkline.line import Line
from trunkline.recording import wav
from trunkline.sandbox.telephone.phone import Phone

MS = 8
"""Samples."""

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Recorded:
    """A recording's two channels, as mu-law."""

    caller: bytes
    agent: bytes

    @classmethod
    def of(cls, path: Path) -> "Recorded":
        """Read all that is in a file, whatever its header says of the length."""
        both = path.read_bytes()[wav.SIZE :]
        return cls(both[0::2], both[1::2])


def recorded_line(**values: Any) -> Line:
    """A line that records from the first packet on."""
    return make_line(**{"recording": Recording(announce=""), **values})


async def recording(place: Town, phone: Phone) -> Path:
    """The recording of a call that is over, complete."""
    await place.left(phone)
    await place.service.vendors.disk.flush()
    row = await place.row(phone)
    assert row.recording, "the store knows of no recording"
    found: Path = place.service.settings.recordings / row.recording
    return found


async def over(place: Town, phone: Phone) -> Recorded:
    """The caller hangs up; what was recorded."""
    await phone.hang_up()
    await phone.ended()
    return Recorded.of(await recording(place, phone))


def offset(recorded: bytes, known: bytes, at: int, size: int, reach: int = 100 * MS) -> int:
    """Samples by which the carrier has a piece of the recording later: where most of them are the same.

    Args:
        recorded: a channel of the recording.
        known: the carrier's record of it.
        at: the sample of the recording at which the piece begins.
        size: samples of it.
        reach: samples by which they may differ.

    Raises:
        AssertionError: it is not the same sound.
    """
    piece = np.frombuffer(recorded[at : at + size], np.uint8)
    around = np.frombuffer(known, np.uint8)
    shifts = [shift for shift in range(-reach, reach + 1) if 0 <= at + shift <= len(around) - len(piece)]
    same = [int(np.count_nonzero(around[at + shift :][: len(piece)] == piece)) for shift in shifts]
    most = max(same)
    assert most > len(piece) / 2, f"at {at} is another sound"
    return min((shift for shift, count in zip(shifts, same, strict=True) if count == most), key=abs)


def linear(mulaw: bytes) -> Sound:
    samples = np.frombuffer(g711.decode(mulaw), g711.PCM)
    return samples.astype(np.float32)


def loud(mulaw: bytes) -> int:
    """Samples that are not silence."""
    return int(np.count_nonzero(linear(mulaw)))


def left(folder: Path) -> list[Path]:
    """The recordings that are there, of whatever call."""
    return sorted(folder.rglob("*.wav"))
