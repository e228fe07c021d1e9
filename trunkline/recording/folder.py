"""Where recordings are: ``LINE/DATE/CALL.wav`` below one folder, and how they are found and deleted.

A call that goes on in another process goes on in the same file. Where that cannot be, because the process
before still has it, the part that follows lies beside it: ``CALL.2.wav``, with the same beginning.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from processors.frames import RATE
from trunkline.recording import wav

SUFFIX = ".wav"

MOST_PARTS = 99

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

LONGEST_NAME = 100
"""Characters of a line's name or a call's id that are kept."""


def place(line: str, began: datetime, sid: str) -> str:
    """Where a call's recording goes, below the folder; whatever a line or a call is named."""
    return f"{_safe(line)}/{began:%Y-%m-%d}/{_safe(sid)}{SUFFIX}"


def part(path: Path, number: int) -> Path:
    """The path of one part, counted from 1."""
    return path if number == 1 else path.with_name(f"{path.stem}.{number}{SUFFIX}")


def parts(folder: Path, recording: str) -> list[Path]:
    """The files of a recording that are there, in order.

    Args:
        folder: for recordings.
        recording: what the call store says.

    Raises:
        ValueError: it lies outside of the folder.
    """
    path = _inside(folder, recording)
    return [found for number in range(1, MOST_PARTS + 1) if (found := part(path, number)).is_file()]


def delete(folder: Path, recording: str) -> int:
    """Delete a call's recording, all parts of it, and the folders that it leaves empty.

    Returns:
        How many files were deleted; a recording that is gone already is no error.

    Raises:
        ValueError: it lies outside of the folder.
        OSError: a file cannot be deleted.
    """
    found = parts(folder, recording)
    for path in found:
        path.unlink(missing_ok=True)
    _tidy(_inside(folder, recording).parent, folder.resolve())
    return len(found)


def seconds(path: Path) -> float:
    """How long a recording is. By its size: what a dead process wrote last may not stand in the header.

    Raises:
        OSError: it cannot be read.
    """
    return max(0, path.stat().st_size - wav.SIZE) // wav.BLOCK / RATE


def _safe(name: str) -> str:
    return UNSAFE.sub("_", name)[:LONGEST_NAME].lstrip(".") or "_"


def _inside(folder: Path, recording: str) -> Path:
    root = folder.resolve()
    path = (root / PurePosixPath(recording)).resolve()
    if path.suffix != SUFFIX or root not in path.parents:
        raise ValueError(f"a recording at {recording!r}; expected a {SUFFIX} file below {folder}")
    return path


def _tidy(folder: Path, root: Path) -> None:
    for empty in _upwards(folder, root):
        try:
            os.rmdir(empty)
        except OSError:
            return  # others are in there, or it is gone


def _upwards(folder: Path, root: Path) -> Iterator[Path]:
    while root in folder.parents:
        yield folder
        folder = folder.parent
