"""``trunkline call``: a sandbox call with voices, seen as it goes on and kept as a recording."""

from __future__ import annotations

import asyncio
import os
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline import loader, logs, settings, terminal
from trunkline.errors import TrunklineError

if TYPE_CHECKING:
    from rich.console import Console

    from trunkline.commands.live import Screen
    from trunkline.loader import Loaded
    from trunkline.sandbox.rehearsal import Rehearsal, Taped
    from trunkline.sandbox.script import Script
    from trunkline.settings import Settings

EPILOG = """\b
Examples:
  trunkline call pipelines/front_desk.py
  trunkline call pipelines/front_desk.py --say "How much is a cleaning?" --say "Thank you, goodbye."
  trunkline call my_line.py --script my_caller.toml
  OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_API_KEY=none trunkline call pipelines/front_desk.py
"""

INTRODUCTION = """\
A sandbox call: the carrier, Deepgram and OpenAI are emulators in this process, spoken to over real sockets; \
the server is the one that answers real calls. The voices are small speech engines. {brain}"""

DIALOGUE = (
    "The language model is a small dialogue engine that matches what is said to the line's tools, no more; "
    "set OPENAI_BASE_URL or OPENAI_API_KEY to use a real one."
)
MODEL = "The language model is the one that OPENAI_BASE_URL (or OpenAI's key) names."


def call(
    file: Annotated[Path, typer.Argument(help="The pipeline file that answers.", show_default=False)],
    say: Annotated[
        list[str] | None, typer.Option(help="What the caller says, one turn each; then the caller hangs up.")
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(help="What the caller does; by default FILE's own, such as front_desk.call.toml."),
    ] = None,
    recordings: Annotated[
        Path | None, typer.Option(help="Folder for the recording and the transcript; default: recordings.")
    ] = None,
) -> int:
    """Place a sandbox call to a pipeline file, with voices: no key, no server, no phone.

    Shows the conversation as it goes on, then where the time before each reply went, and leaves
    recordings/CALL.wav (caller left, agent right) and recordings/CALL.txt. Files that the line writes (a
    table of appointments, say) go to a folder that is thrown away.
    """
    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))
    line = loader.Loaded(file, loader.load(file))
    caller = _script(file, say, script)
    folder = (recordings or values.recordings).resolve()
    with TemporaryDirectory() as elsewhere, chdir(elsewhere):
        return asyncio.run(_call(line, caller, values, folder))


def _script(file: Path, say: list[str] | None, path: Path | None) -> Script:
    from trunkline.sandbox import script

    if say:
        return script.Script((*(script.Say(text) for text in say), script.HangUp()))
    return script.read(path or script.beside(file))


async def _call(line: Loaded, caller: Script, values: Settings, folder: Path) -> int:
    from trunkline.commands.live import Screen

    console = terminal.screen()
    own = bool(values.openai_base_url or values.openai_api_key)
    console.print(INTRODUCTION.format(brain=MODEL if own else DIALOGUE), style="dim")
    console.print()
    with console.status("Loading the voices and the ears (some seconds) …"):
        from trunkline.sandbox.rehearsal import rehearsal, warm

        await warm()
    async with rehearsal(line, values) as place:
        plan = place.service.plans[0]
        console.print(f"{line.line.name} answers {line.line.number}: {plan}", style="bold")
        console.print()
        with Screen(console) as screen:
            taped = await _watch(place, caller, folder, screen)
    return _sum_up(console, screen, taped)


async def _watch(place: Rehearsal, caller: Script, folder: Path, screen: Screen) -> Taped:
    from trunkline.sandbox.rehearsal import Taped

    async for event in place.events(caller, folder):
        if isinstance(event, Taped):
            event.wav.with_suffix(".txt").write_text("\n".join(screen.lines) + "\n", encoding="utf-8")
            return event
        screen.show(event)
    raise TrunklineError("the call left no recording; expected one")


def _sum_up(console: Console, screen: Screen, taped: Taped) -> int:
    from trunkline.commands.live import legend, table

    console.print()
    console.print(table(screen.latencies))
    console.print(legend())
    console.print()
    polite = taped.status == "completed" and bool(screen.latencies)
    verdict = "hung up politely" if polite else f"ended as {taped.status}"
    console.print(f"The call took {taped.seconds:.0f} s and {verdict}.", style="green" if polite else "red")
    console.print(f"Recording   {_near(taped.wav)}  (caller left, agent right)")
    console.print(f"Transcript  {_near(taped.wav.with_suffix('.txt'))}")
    console.print(
        "Next: change the pipeline file and call again, or `trunkline doctor` for a real number.", style="dim"
    )
    return 0 if polite else 1


def _near(path: Path) -> str:
    """A path as one would type it from where the command was given."""
    return os.path.relpath(path, os.environ.get("PWD", "/"))
