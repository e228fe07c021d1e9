"""One call, turn by turn: what was said, which tools ran, and where the time before each reply went."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from trunkline import terminal
from trunkline.calls.models import CallRow, TurnRow
from trunkline.calls.summary import Summary, aware, waterfall, waterfalls
from trunkline.commands.bars import bar, figures, legend
from trunkline.commands.call_list import dollars, length, milliseconds, outcome, when
from trunkline.commands.moments import at

WIDEST, NARROWEST = 60, 20
"""Characters of the longest reply's bar."""

BESIDE = 18
"""Columns that a reply needs beside its bar."""


def draw(call: CallRow, caller: str, recording: Sequence[str] = ()) -> None:
    """Draw a call on the terminal.

    Args:
        call: the call and its turns.
        caller: the caller's number, as it may be shown.
        recording: lines on its recording.
    """
    screen = terminal.screen()
    screen.print(_title(call, caller))
    screen.print()
    replies = waterfalls(call)
    longest = max((reply.total for reply in replies), default=0.0)
    columns = max(NARROWEST, min(WIDEST, screen.width - BESIDE))
    table = terminal.table("", "")
    stage = None
    for turn in call.turns:
        if turn.stage and turn.stage != stage:
            table.add_row(Text("stage", style="dim"), Text(turn.stage, style="dim"))
            stage = turn.stage
        _add(table, turn, columns / longest if longest else 0.0)
    screen.print(table)
    if replies:
        screen.print(legend(replies))
    for line in recording:
        screen.print(Text.assemble(("sound    ", "dim"), line))
    if call.last_words:
        screen.print(Text.assemble(("carrier  ", "dim"), call.last_words))
    if call.purged_at is not None:
        screen.print(f"What was said was deleted on {when(aware(call.purged_at))}.")
    elif not call.turns:
        screen.print("Nothing was said.")


def _title(call: CallRow, caller: str) -> Text:
    figures = Summary.of(call)
    facts = [call.line, f"from {caller}", when(figures.started_at), length(figures.seconds)]
    median = [f"median reply {milliseconds(figures.reply_ms)}"] if figures.reply_ms is not None else []
    facts += [*median, dollars(call.cost_usd)]
    title = Text.assemble((call.sid, "bold"), "\n", " · ".join(fact for fact in facts if fact))
    title.append("\n").append_text(outcome(call))
    title.append(f": {call.reason}" if call.reason else "")
    return title.append(f"\nvoicemail: {call.voicemail}" if call.voicemail else "")


def _add(table: Table, turn: TurnRow, scale: float) -> None:
    """Rows of one turn, in the order in which it was heard."""
    if turn.caller:
        table.add_row(Text("caller", style="bold"), at(turn.caller_at_ms).append(Text(turn.caller)))
    for tool in turn.tools:
        arguments = ", ".join(f"{name}={value!r}" for name, value in tool.get("arguments", {}).items())
        called = at(tool.get("at_ms")).append(f"{tool.get('name')}({arguments})")
        table.add_row(Text("tool", style="dim"), called)
    if (reply := waterfall(turn)) is not None:
        drawn = Text.assemble(f"{milliseconds(reply.total):>7} ", bar(reply, scale))
        table.add_row(Text("reply", style="dim"), drawn)
        table.add_row("", Text(figures(reply), style="dim"))
    if turn.agent:
        said = at(turn.agent_at_ms).append(Text(turn.agent))
        table.add_row(
            Text("agent", style="bold green"), said.append(" ─ cut short" * turn.interrupted, style="yellow")
        )
    table.add_row("", "")
