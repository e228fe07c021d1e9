"""``trunkline lines``: the lines and the pipelines that answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trunkline.commands.serve import NO_FILE, Paths
from trunkline.errors import TrunklineError

if TYPE_CHECKING:
    from trunkline.survey import Survey

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

EPILOG = """\b
Examples:
  trunkline lines
  trunkline lines pipelines/front_desk.py
  trunkline lines --json
"""


def lines(paths: Paths = None, as_json: Json = False) -> int:
    """List the lines and the pipelines that answer them; check the files.

    Composes every pipeline once, as a call would. Needs no key and no network. Exits with 1 when a file
    cannot answer a phone, so it can stand in a commit hook.
    """
    import asyncio

    from trunkline import logs, settings, terminal

    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))
    from trunkline.survey import survey

    found = asyncio.run(survey(paths or [], values))
    if as_json:
        terminal.print_json(_json(found))
    else:
        _draw(found)
    return 1 if found.wrong else 0


def _draw(found: Survey) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from trunkline import terminal

    screen = terminal.screen()
    width = max((len(plan.line.name) for _, plan in found.plans), default=0)
    for path, plan in found.plans:
        title = Text.assemble((f"{plan.line.name:<{width}}", "bold"), f"  {plan.line.number}  {path}")
        screen.print(title)
        screen.print(Padding(Text(str(plan), style="cyan"), (0, 0, 0, 2), expand=False))
        screen.print()
    for error in found.wrong:
        terminal.complain(str(error))
    if not found.plans and not found.wrong:
        raise TrunklineError(NO_FILE)


def _json(found: Survey) -> dict[str, Any]:
    lines = [
        {
            "name": plan.line.name,
            "number": plan.line.number,
            "file": str(path),
            "pipeline": list(plan.stages),
            "voices": list(plan.voices),
        }
        for path, plan in found.plans
    ]
    wrong = [{"file": str(e.path), "line": e.line, "message": e.message} for e in found.wrong]
    return {"lines": lines, "wrong": wrong}
