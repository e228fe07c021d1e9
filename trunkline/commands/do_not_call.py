"""``trunkline do-not-call``: whom no line calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline import logs, settings, terminal
from trunkline.commands.lines import Json
from trunkline.errors import TrunklineError

if TYPE_CHECKING:
    from trunkline.calls.dials import Dials
    from trunkline.calls.models import DoNotCallRow

What = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="list | add NUMBER ... | remove NUMBER ...", help="Numbers begin with + and a country."
    ),
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, for whoever reads the list.")]

HOME = "+12025550100"
"""Of numbers that are written without a country."""

EPILOG = """\b
Examples:
  trunkline do-not-call
  trunkline do-not-call add +12025550123 --reason "asked us to stop"
  trunkline do-not-call remove +12025550123
"""


def do_not_call(what: What = None, reason: Reason = "", as_json: Json = False) -> int:
    """List the numbers that no line calls; add one, or take one off."""
    action, numbers = (what or ["list"])[0], (what or [])[1:]
    if action not in ("list", "add", "remove") or bool(numbers) != (action != "list"):
        raise TrunklineError("expected `list`, `add NUMBER` or `remove NUMBER`")
    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))
    return asyncio.run(_run(values.database_url, action, [_number(one) for one in numbers], reason, as_json))


def _number(text: str) -> str:
    from trunkline.e164 import normalise

    if not text.strip().startswith("+"):
        raise TrunklineError(f"{text!r} has no country; expected a number like +12025550123")
    try:
        return normalise(text, HOME)
    except ValueError as error:
        raise TrunklineError(str(error)) from None


async def _run(database: str, action: str, numbers: list[str], reason: str, as_json: bool) -> int:
    from trunkline.calls.store import CallStore

    store = CallStore(database)
    await store.open()
    try:
        if action == "list":
            _list(await store.dials.blocked(), as_json=as_json)
            return 0
        done = [await _change(store.dials, action, number, reason) for number in numbers]
        return 0 if all(done) else 1
    finally:
        await store.close()


async def _change(dials: Dials, action: str, number: str, reason: str) -> bool:
    if action == "add":
        news = await dials.block(number, reason)
        said = "is not called any more" if news else "is on the list already"
        terminal.screen().print(f"{number} {said}.")
        return True
    news = await dials.allow(number)
    if not news:
        terminal.complain(f"{number} is not on the list")
        return False
    terminal.screen().print(f"{number} may be called again.")
    return True


def _list(found: Sequence[DoNotCallRow], *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(
            [{"number": r.number, "added_at": r.added_at.isoformat(), "reason": r.reason} for r in found]
        )
        return
    if not found:
        terminal.screen().print("Nobody is on the do-not-call list.")
        return
    table = terminal.table("number", "since", "reason")
    for row in found:
        table.add_row(row.number, f"{row.added_at:%Y-%m-%d}", row.reason)
    terminal.screen().print(table)
