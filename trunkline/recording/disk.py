"""The disk, behind one thread that writes the recordings of all calls of a process; nobody waits for it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from loguru import logger

from processors.frames import RATE
from transports.call_sound import Stretch
from trunkline.recording import folder, wav
from trunkline.recording.file import RecordingFile

BACKLOG = 10 * RATE
"""Samples of one call that may wait for the disk: 10 s, 160 KB. What comes on top of it is left out."""

CLOSE_LIMIT = 5.0
"""Seconds for what still waits when the process stops."""


class Disk:
    """Its thread begins with the first recording. Calls of its methods come from the event loop.

    Args:
        root: the folder for recordings.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._left_out = 0

    def begin(self, recording: str, began: datetime) -> "Writing":
        """A call's recording.

        Args:
            recording: its path below the folder.
            began: when position 0 was heard.
        """
        return Writing(self, recording, began)

    def do(self, job: Callable[[], object]) -> None:
        """Have something done behind all that was given so far."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    async def flush(self) -> None:
        """Return when all that was given so far has been written."""
        if self._thread is not None:
            loop, done = asyncio.get_running_loop(), asyncio.Event()
            self.do(lambda: _tell(loop, done))
            await done.wait()

    async def close(self) -> None:
        """Write what waits, as far as the disk can, and end the thread."""
        if self._thread is None:
            return
        try:
            async with asyncio.timeout(CLOSE_LIMIT):
                await self.flush()
        except TimeoutError:
            logger.error("the disk did not take the recordings in {:.0f} s; their ends are lost", CLOSE_LIMIT)
        self._jobs.put(None)
        self._thread = None

    def behind(self, samples: int) -> None:
        """So much of a recording was left out."""
        if not self._left_out:
            logger.error(
                "the disk for recordings is {:.0f} s behind; silence stands for what it does not take",
                BACKLOG / RATE,
            )
        self._left_out += samples

    def keeps_up(self) -> None:
        """A recording waits no longer."""
        if self._left_out:
            logger.warning(
                "the disk keeps up again; {:.1f} s of recordings were left out", self._left_out / RATE
            )
            self._left_out = 0

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


class Writing:
    """One call's recording while it is written. None of this waits, and none of it fails."""

    def __init__(self, disk: Disk, recording: str, began: datetime) -> None:
        self._disk = disk
        self._recording = recording
        self._began = began
        self._file: RecordingFile | None = None
        self._given = 0
        self._done = 0
        """Samples; each of the two is counted by one thread alone."""
        self._has_failed = False

    def write(self, stretch: Stretch) -> None:
        """Keep it, unless the disk is too far behind; later ones stand where they belong nevertheless."""
        size, waiting = len(stretch.caller), self._given - self._done
        if waiting + size > BACKLOG:
            self._disk.behind(size)
            return
        if not waiting:
            self._disk.keeps_up()
        self._given += size
        self._disk.do(lambda: self._write(stretch))

    def close(self) -> None:
        """That was all, for now: let go of the file, which the next piece opens again."""
        self._disk.do(self._close)

    def delete(self) -> None:
        """Nothing of it is to remain, in any part."""
        self._disk.do(self._delete)

    # In the thread.

    def _write(self, stretch: Stretch) -> None:
        try:
            if self._file is None:
                self._file = RecordingFile.open(self._disk.root / self._recording, self._began)
            self._file.write(stretch.at, wav.interleaved(stretch.caller, stretch.agent))
        except OSError as error:
            self._failed("written", error)
        finally:
            self._done += len(stretch.caller)

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _delete(self) -> None:
        self._close()
        try:
            folder.delete(self._disk.root, self._recording)
        except OSError as error:
            self._failed("deleted", error)

    def _failed(self, what: str, error: OSError) -> None:
        """Say so once a call: the next try may succeed, and silence stands for what is missing."""
        if not self._has_failed:
            self._has_failed = True
            logger.error("the recording {} cannot be {}: {}", self._recording, what, error.strerror or error)


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    with suppress(RuntimeError):  # nobody waits any more: the loop is closed
        loop.call_soon_threadsafe(done.set)
