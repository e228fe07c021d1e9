"""Calls as a table, one a row."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from trunkline import terminal
from trunkline.calls.models import CallRow
from trunkline.calls.summary import Summary, masked

SHORTEST = 8
"""Characters of a call's id that are shown at least."""

STYLES = {
    "completed": "green",
    "caller-hung-up": "green",
    "transferred": "green",
    "transferring": "cyan",
    "voicemail": "cyan",
    "voicemail-left": "cyan",
    "answered-machine": "cyan",
    "fax": "cyan",
    "handed-over": "cyan",
    "failed": "red",
}
"""By outcome. Yellow is any other: nobody was there, the call was cut short, or it has not ended."""


def call_list(rows: Sequence[CallRow], *, numbers: bool = False) -> Table:
    """A table of calls.

    Args:
        rows: the calls.
        numbers: show callers' numbers in full.
    """
    table = terminal.table(
        "call",
        "when",
        "line",
        "caller",
        "length",
        "turns",
        "reply",
        "cost",
        "outcome",
        right=("length", "turns", "reply", "cost"),
    )
    table.padding = (0, 1, 0, 0)  # nine columns in eighty
    letters = distinct([row.sid for row in rows])
    for row in rows:
        figures = Summary.of(row)
        table.add_row(
            row.sid[:letters],
            when(figures.started_at),
            Text(row.line),
            Text(row.caller if numbers else masked(row.caller)),
            length(figures.seconds),
            str(figures.turns),
            milliseconds(figures.reply_ms),
            dollars(row.cost_usd),
            outcome(row),
        )
    return table


def distinct(sids: Sequence[str]) -> int:
    """How many first characters tell all these ids apart."""
    letters = SHORTEST
    while len({sid[:letters] for sid in sids}) < len(set(sids)):
        letters += 1
    return letters


def when(at: datetime) -> str:
    """A time on the wall clock of whoever reads."""
    return at.astimezone().strftime("%d %b %H:%M")


def length(seconds: float | None) -> str:
    """Minutes and seconds."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} ms"


def dollars(value: float | None) -> str:
    return "" if value is None else f"${value:.2f}"


def outcome(row: CallRow) -> Text:
    """How a call ended."""
    kind = row.outcome or "not ended"
    return Text(kind, style=STYLES.get(kind, "yellow"))
