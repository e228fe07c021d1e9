"""``trunkline call``: mistakes are one sentence; a spoken call shows itself, is recorded, exits with 0."""

from pathlib import Path

import pytest

from trunkline.cli import main

FILE = Path(__file__).parents[3] / "pipelines" / "front_desk.py"


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "--help"]) == 0
    assert "trunkline call pipelines/front_desk.py" in capsys.readouterr().out


def test_a_missing_file_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "nowhere.py"]) == 1
    error = capsys.readouterr().err
    assert "no such file" in error
    assert "Traceback" not in error


def test_a_broken_script_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "caller.toml"
    script.write_text('[[step]]\nsing = "la"\n')
    assert main(["call", str(FILE), "--script", str(script)]) == 1
    assert "sing" in capsys.readouterr().err


@pytest.mark.realtime
@pytest.mark.spoken
def test_a_spoken_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["call", str(FILE), "--say", "And how much is a check-up?", "--recordings", str(tmp_path)]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "dialogue engine" in shown
    assert "look_up(" in shown
    assert "85 dollars" in shown
    assert "The caller hung up." in shown
    (wav,) = tmp_path.glob("*.wav")
    assert wav.stat().st_size > 5 * 8000 * 4
    assert "85 dollars" in wav.with_suffix(".txt").read_text()
