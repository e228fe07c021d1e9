"""One recording on the disk: written at positions of the call, so what is missing is silence."""

import errno
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self

from processors.frames import RATE
from processors.g711 import SILENCE
from trunkline.recording import wav
from trunkline.recording.folder import MOST_PARTS, part

PRIVATE = 0o600

PIECE = 64 * 2**10
"""Bytes of silence that are written at a time."""


class RecordingFile:
    """Blocks: used by one thread. Locked while it is open, and the system unlocks it for a dead process.

    A file that is there already is gone on with, behind all that is in it, even what its header does not
    say yet.
    """

    def __init__(self, file: int, began: datetime) -> None:
        self._file = file
        self._began = began
        self._shift = 0
        """Samples by which this file began earlier than the call, as its present process knows it."""
        self._length = 0
        self._look()

    @classmethod
    def open(cls, path: Path, began: datetime) -> Self:
        """Open a call's recording, or the first part of it that no other process is writing.

        Args:
            path: of the first part.
            began: when position 0 was heard.

        Raises:
            OSError: it cannot be opened.
        """
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for candidate in _parts(path):
            file = os.open(candidate, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return cls(file, began)
            except (BlockingIOError, ValueError):
                os.close(file)  # another process has it, or it is none of ours
            except OSError:
                os.close(file)
                raise
        raise FileExistsError(errno.EEXIST, "all parts of the recording are taken", str(path))

    def write(self, at: int, both: bytes) -> None:
        """Both channels from a position on; silence up to there. What is in the file already stays.

        Raises:
            OSError: the disk is full, or worse; the file remains one that can be read, and gone on with.
        """
        at += self._shift
        skipped = max(0, self._length - at)
        at, both = at + skipped, both[skipped * wav.BLOCK :]
        if not both:
            return
        if at * wav.BLOCK + len(both) > wav.LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        self._fill(at)
        self._append(both)
        self._say_length()

    def close(self) -> None:
        os.close(self._file)

    def _look(self) -> None:
        size = os.fstat(self._file).st_size
        if size < wav.SIZE:
            self._say_length()
            return
        header = wav.decode(os.pread(self._file, wav.SIZE, 0))
        self._length = (size - wav.SIZE) // wav.BLOCK
        self._shift = round((self._began - header.began).total_seconds() * RATE)
        self._began = header.began

    def _fill(self, until: int) -> None:
        while (missing := (until - self._length) * wav.BLOCK) > 0:
            self._append(SILENCE * min(missing, PIECE))

    def _append(self, both: bytes) -> None:
        _write(self._file, both, wav.SIZE + self._length * wav.BLOCK)
        self._length += len(both) // wav.BLOCK

    def _say_length(self) -> None:
        """After the sound itself, and in one go: the header never promises what is not there."""
        _write(self._file, wav.Header(self._began, self._length).encode(), 0)


def _write(file: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written


def _parts(path: Path) -> Iterator[Path]:
    for number in range(1, MOST_PARTS + 1):
        yield part(path, number)
