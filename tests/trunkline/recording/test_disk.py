"""One thread writes for all calls, and none of them waits for it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loguru import logger

from processors.g711 import SILENCE
from transports.call_sound import Stretch
from trunkline.recording import disk as disks
from trunkline.recording import wav
from trunkline.recording.disk import BACKLOG, Disk

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)
PATH = "desk/2026-05-04/CA1.wav"


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    made = Disk(tmp_path)
    yield made
    await made.close()


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {message}", level="WARNING")
    yield lines
    logger.remove(sink)


def sound(disk: Disk, path: str = PATH) -> bytes:
    return (disk.root / path).read_bytes()[wav.SIZE :]


def second(at: int) -> Stretch:
    return Stretch(at * 8000, b"a" * 8000, b"b" * 8000)


async def test_calls_are_written_behind_their_backs(disk: Disk) -> None:
    before = threading.active_count()
    one, two = disk.begin(PATH, BEGAN), disk.begin("desk/2026-05-04/CA2.wav", BEGAN)
    assert threading.active_count() == before
    one.write(Stretch(0, b"ab", b"cd"))
    two.write(Stretch(1, b"ef", b"gh"))
    one.close()
    two.close()
    await disk.flush()
    assert threading.active_count() == before + 1
    assert sound(disk) == b"acbd"
    assert sound(disk, "desk/2026-05-04/CA2.wav") == SILENCE * 2 + b"egfh"


async def test_a_file_that_was_let_go_of_is_gone_on_with(disk: Disk) -> None:
    writing = disk.begin(PATH, BEGAN)
    writing.write(Stretch(0, b"a", b"b"))
    writing.close()
    writing.write(Stretch(1, b"c", b"d"))
    writing.close()
    await disk.flush()
    assert sound(disk) == b"abcd"


async def test_what_the_disk_does_not_take_is_silence_and_the_rest_stands(disk: Disk, log: list[str]) -> None:
    works = threading.Event()
    disk.do(works.wait)
    writing = disk.begin(PATH, BEGAN)
    for at in range(15):
        writing.write(second(at))
    works.set()
    await disk.flush()
    writing.write(second(15))
    await disk.flush()
    kept = BACKLOG // 8000
    assert sound(disk) == b"ab" * 8000 * kept + SILENCE * 16_000 * (15 - kept) + b"ab" * 8000
    assert [line.split(" ", 1)[0] for line in log] == ["ERROR", "WARNING"]
    assert "silence stands" in log[0]
    assert "5.0 s of recordings were left out" in log[1]
    writing.close()


async def test_a_recording_is_deleted_behind_what_was_written(disk: Disk) -> None:
    writing = disk.begin(PATH, BEGAN)
    writing.write(second(0))
    writing.delete()
    await disk.flush()
    assert list(disk.root.iterdir()) == []


async def test_a_disk_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "CLOSE_LIMIT", 0.5)
    disk, works = Disk(tmp_path), threading.Event()
    disk.do(works.wait)
    async with asyncio.timeout(2):
        await disk.close()
    assert "their ends are lost" in log[0]
    works.set()


async def test_a_disk_that_was_never_needed_has_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    disk = Disk(tmp_path)
    await disk.flush()
    await disk.close()
    assert threading.active_count() == before
