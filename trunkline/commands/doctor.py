"""``trunkline doctor``: what keeps calls from being answered, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trunkline.commands.lines import Json
from trunkline.commands.serve import Paths

if TYPE_CHECKING:
    from trunkline.checks.finding import Finding

MARKS = {"fine": ("✓", "green"), "odd": ("!", "yellow"), "wrong": ("✗", "red"), "skipped": ("–", "dim")}
"""How each mark is drawn: told apart without colour, too."""

EPILOG = """\b
Examples:
  trunkline doctor
  trunkline doctor --json
"""


def doctor(paths: Paths = None, as_json: Json = False) -> int:
    """Check the settings, the vendors and Twilio; say what to mend.

    Looks, and changes nothing but the tables of the database. No check costs money; no value of a setting is
    shown. Exits with 1 when something keeps calls from being answered.
    """
    import asyncio

    from trunkline import logs, settings, terminal

    values = settings.load()
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
