"""A recording on the disk, whoever wrote it last and however that ended."""

import errno
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import soundfile  # type: ignore[import-untyped]

from processors.g711 import SILENCE
from trunkline.recording import wav
from trunkline.recording.file import RecordingFile

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "2026-05-04" / "CA1.wav"


def sound(path: Path) -> bytes:
    return path.read_bytes()[wav.SIZE :]


def test_what_was_not_written_is_silence(path: Path) -> None:
    file = RecordingFile.open(path, BEGAN)
    file.write(2, b"abcd")
    file.write(6, b"ef")
    file.close()
    assert sound(path) == SILENCE * 4 + b"abcd" + SILENCE * 4 + b"ef"
    assert soundfile.info(path).frames == 7


def test_nobody_else_may_read_it(path: Path) -> None:
    RecordingFile.open(path, BEGAN).close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert soundfile.info(path).frames == 0


def test_what_is_there_stays(path: Path) -> None:
    file = RecordingFile.open(path, BEGAN)
    file.write(0, b"abcdef")
    file.write(1, b"xxxxgh")
    file.write(0, b"yyyy")
    file.close()
    assert sound(path) == b"abcdefgh"


def test_another_process_goes_on_by_the_wall_clock(path: Path) -> None:
    file = RecordingFile.open(path, BEGAN)
    file.write(0, b"ab" * 8)
    file.close()
    with path.open("ab") as dead:
        dead.write(b"cdc")  # written by a process that died before it said so, in the middle of a pair
    file = RecordingFile.open(path, BEGAN + timedelta(milliseconds=2))
    file.write(0, b"ef")
    file.close()
    assert sound(path) == b"ab" * 8 + b"cd" + SILENCE * 14 + b"ef"
    assert wav.decode(path.read_bytes()[: wav.SIZE]) == wav.Header(BEGAN, 17)


def test_a_file_that_another_process_writes_is_left_to_it(path: Path) -> None:
    one, two = RecordingFile.open(path, BEGAN), RecordingFile.open(path, BEGAN)
    one.write(0, b"ab")
    two.write(1, b"cd")
    one.close()
    two.close()
    assert sound(path) == b"ab"
    assert sound(path.with_name("CA1.2.wav")) == SILENCE * 2 + b"cd"


def test_a_file_of_somebody_else_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not sound at all" * 10)
    file = RecordingFile.open(path, BEGAN)
    file.write(0, b"ab")
    file.close()
    assert path.read_bytes() == b"not sound at all" * 10
    assert sound(path.with_name("CA1.2.wav")) == b"ab"


def test_a_file_whose_process_died_before_its_header_is_used(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"RIFF")
    file = RecordingFile.open(path, BEGAN)
    file.write(0, b"ab")
    file.close()
    assert sound(path) == b"ab"


def test_it_is_whole_at_every_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.pwrite

    def slowly(file: int, data: bytes, at: int) -> int:
        """A few bytes at a time, and a reader looks at each: so far may a dying process have come."""
        done = write(file, data[:3], at) if at >= wav.SIZE else write(file, data, at)
        if path.stat().st_size >= wav.SIZE:
            both, _ = soundfile.read(path, dtype="int16")
            assert len(both) <= (path.stat().st_size - wav.SIZE) // 2
        return done

    monkeypatch.setattr(os, "pwrite", slowly)
    file = RecordingFile.open(path, BEGAN)
    for at in range(0, 60, 6):
        file.write(at, b"abcdefgh")
    file.close()
    assert soundfile.info(path).frames == 58


def test_a_full_disk_leaves_a_file_that_can_be_gone_on_with(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, write, room = RecordingFile.open(path, BEGAN), os.pwrite, [3]

    def pwrite(file: int, data: bytes, at: int) -> int:
        if at == 0:
            return write(file, data, at)
        if not room[0]:
            raise OSError(errno.ENOSPC, "full")
        taken = min(len(data), room[0])
        room[0] -= taken
        return write(file, data[:taken], at)

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(OSError, match="full"):
        file.write(0, b"abcdef")
    assert soundfile.info(path).frames == 0
    room[0] = 100
    file.write(3, b"gh")
    file.close()
    assert sound(path) == SILENCE * 6 + b"gh"


WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from trunkline.recording.file import RecordingFile

file = RecordingFile.open(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
print("writing", flush=True)
at = 0
while True:
    file.write(at, b"ab" * 997)
    at += 997
"""


@pytest.mark.realtime
def test_a_process_that_is_killed_leaves_a_file_that_plays(path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(path), BEGAN.isoformat()]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random.uniform(0.01, 0.1))
            process.kill()
        both, rate = soundfile.read(path, dtype="int16")
        assert rate == 8000
        assert 0 <= (path.stat().st_size - wav.SIZE) // 2 - len(both) <= 997
        assert set(sound(path)) == {*b"ab"}
        file = RecordingFile.open(path, BEGAN)  # the lock is gone with the process
        end = (path.stat().st_size - wav.SIZE) // 2
        file.write(end, b"cd")
        file.close()
        assert soundfile.info(path).frames == end + 1
        path.unlink()


def test_no_file_outgrows_its_header(path: Path) -> None:
    file = RecordingFile.open(path, BEGAN)
    with pytest.raises(OSError, match="large") as refused:
        file.write(wav.LARGEST, b"ab")
    assert refused.value.errno == errno.EFBIG
    file.close()
