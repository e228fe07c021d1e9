"""The command line. Each command lives in :mod:`trunkline.commands` and is imported when it is run."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from trunkline.errors import SettingsError, TrunklineError
from trunkline.terminal import complain, forgive

PROGRAM = "trunkline"

COMMANDS = {
    "call": "Place a sandbox call to a pipeline file, with voices: no key, no server, no phone.",
    "serve": "Answer all lines on one server.",
    "run": "Answer one line on one server, whatever number is called.",
    "lines": "List the lines and the pipelines that answer them; check the files.",
    "calls": "List the latest calls; show what was said in one, what they cost; delete them.",
    "dial": "Call somebody, and show the call as it goes on.",
    "do-not-call": "List the numbers that no line calls; add one, or take one off.",
    "campaign": "Call everybody on a list; show how far it is, pause it, export it.",
    "doctor": "Check the settings, the vendors and Twilio; say what to mend.",
}
"""The commands and what each does, in the order in which a newcomer meets them."""

PARTS = {"calls": ("purge", "cost")}
"""Commands of commands that have modules of their own, such as :mod:`trunkline.commands.calls_purge`."""

EPILOG = """\b
Examples:
  trunkline call pipelines/front_desk.py   hear it now, offline
  trunkline doctor                         what a real number still needs
  trunkline serve                          answer every line in pipelines/
"""

INTERRUPTED = 130
"""Exit code of a program that was ended by Ctrl-C."""


class LateCommand(TyperCommand):
    """A command that is imported when it is run, so that help for all of them costs none of them.

    Args:
        name: of the command, of its module in :mod:`trunkline.commands` and of the function there, as typer
            takes it. ``EPILOG`` in that module is printed below the options: the examples.
        summary: what it does, for the list of commands.
    """

    def __init__(self, name: str, summary: str) -> None:
        super().__init__(name, help=summary)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        name = self.name or ""
        if args and args[0] in PARTS.get(name, ()):
            name, info_name, args = f"{name}_{args[0]}", f"{info_name} {args[0]}", args[1:]
        return _load(name).make_context(info_name, args, parent, **extra)

    def get_short_help_str(self, limit: int = 0) -> str:
        """The whole summary: the list of commands wraps it."""
        return self.help or ""


class Commands(TyperGroup):
    """All commands of ``trunkline``."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, summary in COMMANDS.items():
            self.add_command(LateCommand(name, summary))


app = typer.Typer(
    cls=Commands,
    help="Telephone voice agents: one pipeline file answers each phone line.",
    epilog=EPILOG,
    rich_markup_mode=None,  # rich would double the time that help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _load(name: str) -> Any:
    single = typer.Typer(rich_markup_mode=None, add_completion=False)
    function = name.replace("-", "_")
    module = import_module(f"trunkline.commands.{function}")
    if (group := getattr(module, "app", None)) is not None:
        return typer.main.get_command(group)
    single.command(name, epilog=getattr(module, "EPILOG", None))(getattr(module, function))
    return typer.main.get_command(single)


def _print_version(wanted: bool) -> None:
    if wanted:
        from trunkline import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def trunkline(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What all commands share."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        argv: the arguments, without the program's name; None takes those of the process.

    Returns:
        The exit code: 0, 1 for a failure, 2 for a command line or a setting that does not fit.
    """
    forgive()
    args = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    try:
        result = typer.main.get_command(app).main(args, prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:
        complain(error.format_message(), _advice(error))
        return error.exit_code
    except TrunklineError as error:
        complain(str(error))
        return 2 if isinstance(error, SettingsError) else 1
    except typer.Abort:
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _advice(error: typer.TyperException) -> str:
    """Where the right way stands: the help of the command that was meant."""
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else PROGRAM} --help shows how it is meant"
