"""Moments of a call's sound, and its files, as commands show them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trunkline.commands.moments import at, moment, parts, told
from trunkline.recording.file import RecordingFile

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ms", "shown"), [(None, ""), (0, "0:00.000"), (61_004.6, "1:01.005"), (3_600_000, "60:00.000")]
)
def test_a_moment_is_minutes_seconds_and_milliseconds(ms: float | None, shown: str) -> None:
    assert moment(ms) == shown
    assert at(ms).plain == (f"{shown}  " if shown else "")


def test_a_recording_is_named_with_its_length(tmp_path: Path) -> None:
    for name in ("CA1.wav", "CA1.2.wav"):
        file = RecordingFile.open(tmp_path / "desk" / name, BEGAN)
        file.write(0, b"ab" * 12_000)
        file.close()
    found = parts(tmp_path, "desk/CA1.wav")
    assert [(part.path.name, part.seconds) for part in found] == [("CA1.wav", 1.5), ("CA1.2.wav", 1.5)]
    assert told("desk/CA1.wav", found)[0] == f"{tmp_path / 'desk' / 'CA1.wav'}  0:01.500"


def test_a_recording_that_is_elsewhere_is_not_made_up(tmp_path: Path) -> None:
    assert parts(tmp_path, None) == []
    assert told(None, []) == []
    assert parts(tmp_path, "../secret.wav") == []
    assert told("desk/CA1.wav", parts(tmp_path, "desk/CA1.wav")) == [
        "desk/CA1.wav: not in the folder for recordings on this machine"
    ]
