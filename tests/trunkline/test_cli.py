"""The command line: quick help, one sentence for each mistake, and the exit code that belongs to it."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.trunkline.conftest import CommandLine
from trunkline.cli import COMMANDS, main
from trunkline.errors import CallError, SettingsError, TrunklineError

HEAVY = (
    "aiohttp",
    "deepgram",
    "loguru",
    "numpy",
    "openai",
    "pipecat",
    "pydantic",
    "rich",
    "sqlalchemy",
    "twilio",
)


def imported_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has imported after some code."""
    ending = "; import sys; print(' '.join(sys.modules), file=sys.stderr)"
    command = [sys.executable, "-c", code + ending]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_help_imports_nothing_heavy() -> None:
    assert not set(HEAVY) & imported_after("from trunkline.cli import main; main(['--help'])")


def test_the_help_of_a_command_imports_no_pipeline() -> None:
    loaded = imported_after("from trunkline.cli import main; main(['serve', '--help'])")
    assert not {"aiohttp", "deepgram", "openai", "pipecat", "sqlalchemy", "twilio"} & loaded


def test_the_public_names_are_imported_when_they_are_used() -> None:
    assert "pipecat" not in imported_after("from trunkline import Line, Stages, __version__")
    assert "pipecat" in imported_after("from trunkline import Call")


def test_a_name_that_is_not_public_is_an_error() -> None:
    with pytest.raises(AttributeError, match="Cal"):
        getattr(sys.modules["trunkline"], "Cal")  # noqa: B009


def test_help_names_every_command_and_what_it_does(trunkline: CommandLine) -> None:
    ran = trunkline("--help")
    words = " ".join(ran.out.split())
    assert ran.code == 0
    assert all(f"{name} {summary}" in words for name, summary in COMMANDS.items())
    assert "Examples: trunkline call pipelines/front_desk.py" in words


def test_no_command_is_a_wish_for_help(trunkline: CommandLine) -> None:
    assert trunkline() == trunkline("--help")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_in_its_help(trunkline: CommandLine, command: str) -> None:
    ran = trunkline(command, "-h")
    assert ran.code == 0
    assert " ".join(ran.out.split()).count(COMMANDS[command]) == 1
    assert f"Examples:\n    trunkline {command}" in ran.out


def test_version(trunkline: CommandLine) -> None:
    assert trunkline("--version").out.startswith("trunkline 0.")


def test_an_unknown_command_suggests_the_nearest(trunkline: CommandLine) -> None:
    ran = trunkline("serv")
    assert (ran.code, ran.out) == (2, "")
    assert "No such command 'serv'. Did you mean 'serve'?" in ran.err
    assert "trunkline --help" in ran.err


def test_a_wrong_option_points_at_the_help_of_its_command(trunkline: CommandLine) -> None:
    ran = trunkline("serve", "--prot", "80")
    assert ran.code == 2
    assert "--prot" in ran.err
    assert "trunkline serve --help" in ran.err


def raising(error: BaseException) -> Callable[[], int]:
    def fails() -> int:
        raise error

    return fails


@pytest.mark.parametrize(
    ("error", "code"),
    [(SettingsError("set it"), 2), (TrunklineError("mend it"), 1), (CallError("not now"), 1)],
)
def test_an_error_of_ours_is_one_sentence(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch, error: TrunklineError, code: int
) -> None:
    monkeypatch.setattr("trunkline.commands.lines.lines", raising(error))
    ran = trunkline("lines")
    assert (ran.code, ran.out, ran.err) == (code, "", f"error: {error}\n")


def test_ctrl_c_is_no_traceback(trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.commands.lines.lines", raising(KeyboardInterrupt()))
    ran = trunkline("lines")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.commands.lines.lines", raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["lines"])


def test_a_command_without_a_result_went_well(
    trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trunkline.commands.lines.lines", lambda: None)
    assert trunkline("lines").code == 0
