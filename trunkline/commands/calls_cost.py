"""``trunkline calls cost``: what calls have cost, by line or by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trunkline.commands.lines import Json

if TYPE_CHECKING:
    from trunkline.calls.expenses import Expense
    from trunkline.settings import Settings


class By(StrEnum):
    """What a row of the table is."""

    LINE = "line"
    DAY = "day"


Rows = Annotated[By, typer.Option("--by", help="A row for each line, or each day.")]
Days = Annotated[int, typer.Option(metavar="N", help="Of the last N days, today among them.", min=1)]
Line = Annotated[str | None, typer.Option(metavar="NAME", help="Only the calls of one line.")]

EPILOG = """\b
Examples:
  trunkline calls cost
  trunkline calls cost --by day --days 7 --line front-desk
"""


def calls_cost(by: Rows = By.LINE, days: Days = 30, line: Line = None, as_json: Json = False) -> int:
    """Add up what calls have cost: an estimate, by the vendors' list prices or those of TRUNKLINE_PRICES."""
    import asyncio

    from trunkline import logs, settings

    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    expenses = asyncio.run(_since(values, today - timedelta(days=days - 1), line))
    _show(expenses, by, as_json=as_json)
    return 0


async def _since(settings: Settings, since: datetime, line: str | None) -> Sequence[Expense]:
    from trunkline.calls.store import CallStore

    store = CallStore(settings.database_url)
    await store.open()
    try:
        return await store.expenses.since(since, line)
    finally:
        await store.close()


KEYS: dict[By, Callable[[Expense], str]] = {
    By.LINE: lambda one: one.line,
    By.DAY: lambda one: f"{one.started_at.astimezone():%Y-%m-%d}",
}


def _show(expenses: Sequence[Expense], by: By, *, as_json: bool) -> None:
    from trunkline import terminal
    from trunkline.costs.usage import unpriced

    groups: dict[str, list[Expense]] = {}
    for one in expenses:
        groups.setdefault(KEYS[by](one), []).append(one)
    missing = sorted({name for one in expenses for name in unpriced(one.cost)})
    if as_json:
        rows = [{by.value: name, **_sum(group)} for name, group in groups.items()]
        terminal.print_json({"rows": rows, "total": _sum(expenses), "no_price": missing})
        return
    if not expenses:
        terminal.screen().print("No calls in that time.")
        return
    _draw(groups, expenses, by)
    if missing:
        terminal.warn(f"no price is known of {', '.join(missing)}: give it in the file of TRUNKLINE_PRICES")


def _draw(groups: dict[str, list[Expense]], expenses: Sequence[Expense], by: By) -> None:
    from trunkline import terminal
    from trunkline.costs.usage import PARTS

    numbers = ("calls", "minutes", *PARTS, "total")
    table = terminal.table(by.value, *numbers, right=numbers)
    table.padding = (0, 1, 0, 0)
    for name, group in [*groups.items(), ("total", expenses)]:
        found = _sum(group)
        dollars = [f"{found[part]:.2f}" for part in (*PARTS, "usd")]
        table.add_row(name, str(found["calls"]), f"{found['minutes']:.0f}", *dollars)
    terminal.screen().print(table)


def _sum(expenses: Sequence[Expense]) -> dict[str, Any]:
    from trunkline.costs.usage import PARTS

    return {
        "calls": len(expenses),
        "minutes": round(sum(one.seconds for one in expenses) / 60, 1),
        **{part: round(sum(one.cost.get(part, 0.0) for one in expenses), 4) for part in PARTS},
        "usd": round(sum(one.usd or 0.0 for one in expenses), 4),
    }
