"""Where recordings are, whatever lines and calls are named; and that nothing else is deleted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trunkline.recording import folder, wav

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_a_path_has_the_line_the_day_and_the_call() -> None:
    assert folder.place("front-desk", BEGAN, "CA12") == "front-desk/2026-05-04/CA12.wav"


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc/passwd", "..", "", "a\0b", "Zahnärzte Müller", "x" * 500]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    place = folder.place(name, BEGAN, name)
    assert place.count("/") == 2
    assert (tmp_path / place).resolve().is_relative_to(tmp_path)
    assert all(len(part) <= 104 and part.strip(".") for part in place.split("/"))


def recorded(root: Path, *names: str) -> str:
    for name in names:
        path = root / "desk" / "2026-05-04" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (wav.SIZE + 16_001))
    return f"desk/2026-05-04/{names[0]}"


def test_a_recording_is_deleted_with_all_its_parts(tmp_path: Path) -> None:
    recording = recorded(tmp_path, "CA1.wav", "CA1.2.wav", "CA1.3.wav", "CA11.wav")
    assert [path.name for path in folder.parts(tmp_path, recording)] == ["CA1.wav", "CA1.2.wav", "CA1.3.wav"]
    assert folder.delete(tmp_path, recording) == 3
    assert [path.name for path in tmp_path.rglob("*.wav")] == ["CA11.wav"]
    assert folder.delete(tmp_path, recording) == 0
    assert folder.delete(tmp_path, "desk/2026-05-04/CA11.wav") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("recording", ["../CA1.wav", "/etc/CA1.wav", "desk/CA1.db", ".", ""])
def test_nothing_outside_of_the_folder_is_deleted(tmp_path: Path, recording: str) -> None:
    (tmp_path / "CA1.wav").write_bytes(b"")
    with pytest.raises(ValueError, match="below"):
        folder.delete(tmp_path / "recordings", recording)
    assert (tmp_path / "CA1.wav").exists()


def test_its_length_is_what_is_there(tmp_path: Path) -> None:
    recording = recorded(tmp_path, "CA1.wav")
    assert folder.seconds(tmp_path / recording) == 1.0
