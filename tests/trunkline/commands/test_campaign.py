"""``trunkline campaign``: its commands, and that asking how they are meant costs nothing."""

import subprocess
import sys

from tests.trunkline.conftest import CommandLine


def test_the_commands_are_listed_with_examples(trunkline: CommandLine) -> None:
    ran = trunkline("campaign", "--help")
    assert ran.code == 0
    for name in ("start", "status", "list", "pause", "resume", "export", "delete"):
        assert f"\n  {name} " in ran.out
    assert "trunkline campaign start recall" in ran.out


def test_help_imports_neither_dbos_nor_a_database() -> None:
    code = (
        "import sys; from trunkline.cli import main; main(['campaign', 'start', '--help']);"
        "print(sorted({'dbos', 'sqlalchemy', 'pipecat', 'twilio', 'phonenumbers'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_command_that_is_none_is_refused(trunkline: CommandLine) -> None:
    ran = trunkline("campaign", "begin")
    assert ran.code == 2
    assert "begin" in ran.err
