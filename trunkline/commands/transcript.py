"""One call, turn by turn: what was said, which tools ran, and where the time before each reply went."""

from rich.table import Table
from rich.text import Text

from trunkline import terminal
from trunkline.calls.models import CallRow, TurnRow
from trunkline.calls.summary import Summary, waterfall, waterfalls
from trunkline.commands.bars import bar, figures, legend
from trunkline.commands.call_list import length, milliseconds, outcome, when

WIDEST, NARROWEST = 60, 20
"""Characters of the longest reply's bar."""

BESIDE = 18
"""Columns that a reply needs beside its bar."""


def draw(call: CallRow, caller: str) -> None:
    """Draw a call on the terminal.

    Args:
        call: the call and its turns.
        caller: the caller's number, as it may be shown.
    """
    screen = terminal.screen()
    screen.print(_title(call, caller))
    screen.print()
    replies = waterfalls(call)
    longest = max((reply.total for reply in replies), default=0.0)
    columns = max(NARROWEST, min(WIDEST, screen.width - BESIDE))
    table = terminal.table("", "")
    for turn in call.turns:
        _add(table, turn, columns / longest if longest else 0.0)
    screen.print(table)
    if replies:
        screen.print(legend(replies))
    if call.last_words:
        screen.print(Text.assemble(("carrier  ", "dim"), call.last_words))
    if not call.turns:
        screen.print("Nothing was said.")


def _title(call: CallRow, caller: str) -> Text:
    figures = Summary.of(call)
    facts = [call.line, f"from {caller}", when(figures.started_at), length(figures.seconds)]
    median = [f"median reply {milliseconds(figures.reply_ms)}"] if figures.reply_ms is not None else []
    title = Text.assemble((call.sid, "bold"), "\n", " · ".join(fact for fact in [*facts, *median] if fact))
    title.append("\n").append_text(outcome(call))
    return title.append(f": {call.reason}" if call.reason else "")


def _add(table: Table, turn: TurnRow, scale: float) -> None:
    """Rows of one turn, in the order in which it was heard."""
    if turn.caller:
        table.add_row(Text("caller", style="bold"), Text(turn.caller))
    for tool in turn.tools:
        arguments = ", ".join(f"{name}={value!r}" for name, value in tool.get("arguments", {}).items())
        table.add_row(Text("tool", style="dim"), Text(f"{tool.get('name')}({arguments})", style="dim"))
    if (reply := waterfall(turn)) is not None:
        drawn = Text.assemble(f"{milliseconds(reply.total):>7} ", bar(reply, scale))
        table.add_row(Text("reply", style="dim"), drawn)
        table.add_row("", Text(figures(reply), style="dim"))
    if turn.agent:
        said = Text(turn.agent)
        table.add_row(
            Text("agent", style="bold green"), said.append(" ─ cut short" * turn.interrupted, style="yellow")
        )
    table.add_row("", "")
