"""What tests of the command line share."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from loguru import logger

from trunkline.cli import main
from trunkline.settings import Settings

LINE = '''"""A line for tests."""

from processors.vad import VAD
from trunkline import Call, Line, Stages

line = Line(name="{name}", number="{number}", greeting="Hello.", prompt="Be kind.")


@line.answer
def compose(call: Call) -> Stages:
    return [call.input(), VAD(), call.deepgram_stt(), call.aura_tts(), call.output()]


if __name__ == "__main__":
    line.run()
'''


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str


class CommandLine:
    """Runs ``trunkline`` in this process, in an empty folder and a bare environment."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = main(arguments)
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def line(self, path: str = "pipelines/desk.py", name: str = "desk", number: str = "+15550100") -> Path:
        """A good pipeline file; its path in the folder."""
        return self.file(path, LINE.format(name=name, number=number))

    def file(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return Path(path)


@pytest.fixture
def log() -> Iterator[None]:
    """Puts the log back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logger.remove()
    logger.add(sys.__stderr__, level="WARNING")  # type: ignore[arg-type]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to be in, and an environment without a setting of ours."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    for variable in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def trunkline(bare: Path, log: None, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(bare, capsys)
