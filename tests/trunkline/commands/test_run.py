"""``trunkline run``: one line, whatever number is called; ``python FILE`` is the same."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.trunkline.conftest import CommandLine

Started = list[tuple[Any, ...]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """What was told to start, instead of starting it."""
    calls: Started = []

    def start(paths: Sequence[Path], host: str, port: int, *, single: bool = False, workers: int = 1) -> int:
        calls.append(([path.name for path in paths], host, port, single, workers))
        return 0

    monkeypatch.setattr("trunkline.commands.serving.start", start)
    return calls


def test_the_file_answers_every_number(trunkline: CommandLine, started: Started) -> None:
    assert trunkline("run", "desk.py", "--host", "0.0.0.0", "--port", "81").code == 0  # noqa: S104
    assert started == [(["desk.py"], "0.0.0.0", 81, True, 1)]  # noqa: S104


def test_serve_does_not(trunkline: CommandLine, started: Started) -> None:
    assert trunkline("serve").code == 0
    assert started == [([], "127.0.0.1", 8080, False, 1)]


def test_python_file_is_the_same(
    trunkline: CommandLine, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = trunkline.line("desk.py")
    monkeypatch.setattr(sys, "argv", ["desk.py", "--port", "82"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")
    assert ended.value.code == 0
    assert started == [(["desk.py"], "127.0.0.1", 82, True, 1)]


def test_a_file_that_runs_whenever_it_is_loaded_is_told_how_to_end(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TWILIO_AUTH_TOKEN", "DEEPGRAM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "key-1234")
    path = trunkline.line("desk.py")
    monkeypatch.setattr(sys, "argv", ["desk.py"])
    path.write_text(path.read_text().replace('if __name__ == "__main__":\n    ', ""))
    with pytest.raises(SystemExit) as ended:
        trunkline("run", "desk.py")
    assert ended.value.code == 1
    assert 'put it under if __name__ == "__main__":' in capsys.readouterr().err


def test_a_file_is_needed(trunkline: CommandLine) -> None:
    ran = trunkline("run")
    assert ran.code == 2
    assert "FILE" in ran.err


def test_missing_keys_are_an_error_of_the_settings(trunkline: CommandLine) -> None:
    ran = trunkline("run", str(trunkline.line()))
    assert (ran.code, "DEEPGRAM_API_KEY" in ran.err) == (2, True)


def test_a_file_that_is_not_there_is_one_sentence(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TWILIO_AUTH_TOKEN", "DEEPGRAM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "key-1234")
    ran = trunkline("run", "nowhere.py")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("error: nowhere.py: no such file")
