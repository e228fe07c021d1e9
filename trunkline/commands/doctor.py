"""``trunkline doctor``: what keeps calls from being answered, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline.commands.lines import Json
from trunkline.commands.serve import Paths

if TYPE_CHECKING:
    from trunkline.checks.finding import Finding
    from trunkline.settings import Settings

MARKS = {"fine": ("✓", "green"), "odd": ("!", "yellow"), "wrong": ("✗", "red"), "skipped": ("–", "dim")}
"""How each mark is drawn: told apart without colour, too."""

EPILOG = """\b
Examples:
  trunkline doctor
  trunkline doctor --json
  trunkline doctor --fallback              the documents for the numbers' fallback URLs
"""

Fallback = Annotated[
    bool, typer.Option("--fallback", help="Print each line's document for when no server is there.")
]


def doctor(paths: Paths = None, as_json: Json = False, fallback: Fallback = False) -> int:
    """Check the settings, the vendors and Twilio; say what to mend.

    Looks, and changes nothing but the tables of the database. No check costs money; no value of a setting is
    shown. Exits with 1 when something keeps calls from being answered.

    With --fallback nothing is checked: each line's document is printed that answers its number while no
    server of yours is to be had. Host it elsewhere, as a TwiML Bin; its URL is the number's fallback URL.
    """
    import asyncio

    from trunkline import logs, settings, terminal

    values = settings.load()
    if fallback:
        return asyncio.run(_fallbacks(values, paths or [], as_json=as_json))
    logs.configure("CRITICAL", logs.secrets(values))
    with terminal.screen(stderr=True).status("Asking Twilio, Deepgram and OpenAI ..."):
        from trunkline.checks.examination import examine

        findings = asyncio.run(examine(values, paths or []))
    well = all(finding.mark.value != "wrong" for finding in findings)
    if as_json:
        checks = [
            {"name": f.name, "mark": f.mark.value, "found": f.found, "remedy": f.remedy} for f in findings
        ]
        terminal.print_json({"ok": well, "checks": checks})
    else:
        _draw(findings)
    return 0 if well else 1


async def _fallbacks(values: Settings, paths: Sequence[Path], *, as_json: bool) -> int:
    from trunkline import logs, terminal
    from trunkline.server.standalone import document
    from trunkline.survey import survey

    logs.configure("CRITICAL", logs.secrets(values))
    found = await survey(paths, values)
    lines = [plan.line for _, plan in found.plans]
    # Without an account nobody can fetch a caller back, so none holds.
    holds = bool(values.twilio_account_sid)
    if as_json:
        plain = [
            {"line": line.name, "number": line.number, "twiml": document(line, holds=holds)} for line in lines
        ]
        terminal.print_json({"fallbacks": plain})
        return 1 if found.wrong else 0
    for error in found.wrong:
        terminal.screen(stderr=True).print(str(error), markup=False)
    for line in lines:
        # Neither wrapped nor coloured: it is copied.
        text = f"{line.name}, {line.number}:\n{document(line, holds=holds)}\n"
        terminal.screen().print(text, markup=False, highlight=False, soft_wrap=True)
    return 1 if found.wrong else 0


def _draw(findings: Sequence[Finding]) -> None:
    from rich.text import Text

    from trunkline import terminal

    table = terminal.table("", "", "")
    for finding in findings:
        mark, style = MARKS[finding.mark.value]
        found = Text(finding.found, style="" if style == "green" else style)
        if finding.remedy:
            found.append(f"\n→ {finding.remedy}", style="bold" if style == "red" else "default")
        table.add_row(Text(mark, style=style), Text(finding.name), found)
    screen = terminal.screen()
    screen.print(table)
    screen.print(_verdict(findings))


def _verdict(findings: Sequence[Finding]) -> str:
    wrong = sum(finding.mark.value == "wrong" for finding in findings)
    if wrong:
        return f"\n{wrong} thing{'s' * (wrong != 1)} to mend before calls are answered."
    return "\nCalls can be answered: trunkline serve"
