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

ENDINGS = {
    "completed": "The agent hung up when its last word had been heard.",
    "caller-hung-up": "The caller hung up.",
}
"""How a call may end and be a success."""


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
    line = loader.Loaded(file.resolve(), loader.load(file))
    caller = _script(file, say, script)
    here, folder = Path.cwd(), (recordings or values.recordings).resolve()
    with TemporaryDirectory() as elsewhere, chdir(elsewhere):
        screen, taped = asyncio.run(_call(line, caller, values, folder))
    return _sum_up(screen, taped, here)


def _script(file: Path, say: list[str] | None, path: Path | None) -> Script:
    from trunkline.sandbox import script

    if say:
        return script.Script((*(script.Say(text) for text in say), script.HangUp()))
    return script.read(path or script.beside(file))


async def _call(line: Loaded, caller: Script, values: Settings, folder: Path) -> tuple[Screen, Taped]:
    from trunkline.commands.live import Screen

    console = terminal.screen()
    own = bool(values.openai_base_url or values.openai_api_key)
    console.print(INTRODUCTION.format(brain=MODEL if own else DIALOGUE), style="dim")
    console.print()
    with console.status("Loading the voices and the ears (some seconds) …"):
        from trunkline.sandbox.rehearsal import rehearsal
        from trunkline.sandbox.speech.cast import spoken

        cast = await spoken()
    async with rehearsal(line, values, cast) as place:
        plan = place.service.plans[0]
        console.print(f"{line.line.name} answers {line.line.number}: {plan}", style="bold")
        console.print()
        with Screen(console) as screen:
            return screen, await _watch(place, caller, folder, screen)


async def _watch(place: Rehearsal, caller: Script, folder: Path, screen: Screen) -> Taped:
    from trunkline.sandbox.rehearsal import Taped

    async for event in place.events(caller, folder):
        if isinstance(event, Taped):
            event.wav.with_suffix(".txt").write_text("\n".join(screen.lines) + "\n", encoding="utf-8")
            return event
        screen.show(event)
    raise TrunklineError("the call left no recording; expected one")


def _sum_up(screen: Screen, taped: Taped, here: Path) -> int:
    from trunkline.commands.bars import legend
    from trunkline.commands.live import table

    console = screen.console
    console.print()
    console.print(table(screen.latencies))
    console.print(legend([latency for _, latency in screen.latencies]))
    console.print()
    polite = screen.outcome in ENDINGS and bool(screen.latencies)
    ending = ENDINGS.get(screen.outcome, f"It ended as {screen.outcome or taped.status}.")
    console.print(f"The call took {taped.seconds:.0f} s. {ending}", style="green" if polite else "red")
    wav = os.path.relpath(taped.wav, here)
    console.print(f"Recording   {wav}  (caller left, agent right)")
    console.print(f"Transcript  {os.path.splitext(wav)[0]}.txt")
    console.print(
        "Next: change the pipeline file and call again, or `trunkline doctor` for a real number.", style="dim"
    )
    return 0 if polite else 1
