"""A call on the screen while it goes on: who speaks, words as they come, tools, barge-ins, reply times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trunkline.commands.bars import bar, figures
from trunkline.events import (
    AgentSaid,
    CallEnded,
    CallerSaid,
    CallerSpeaking,
    CallStarted,
    Event,
    Failed,
    Played,
    Replied,
    ToolCalled,
)
from trunkline.waterfall import Waterfall

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

MS_A_CELL = 25
WIDEST = 50
"""Cells of a bar, at most."""


class Screen:
    """Prints a call as it happens. On a terminal the last line shows words that may still change.

    Args:
        console: where to print.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        self.latencies: list[tuple[str, Waterfall]] = []
        """The caller's words and the time of the reply to them."""
        self.lines: list[str] = []
        """The transcript, as plain lines."""
        self.outcome = ""
        """How the call ended; empty while it goes on."""
        self.console = console
        self._started = 0.0
        self._caller = ""
        self._live = (
            Live(console=console, transient=True, refresh_per_second=12) if console.is_terminal else None
        )

    def __enter__(self) -> Screen:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, event: Event) -> None:
        """Print what happened."""
        match event:
            case CallStarted(at=at):
                self._started = at
            case CallerSpeaking(text=text):
                self._changing(text)
            case CallerSaid(text=text):
                self._caller = text
                self._line(event, "caller", text, "bold")
            case Replied() | Played():
                self._reply(event)
            case ToolCalled(name=name, arguments=arguments):
                said = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
                self._line(event, "tool", f"{name}({said})", "magenta")
            case AgentSaid(text=text, interrupted=interrupted):
                self._line(event, "agent", text, "green")
                if interrupted:
                    self._line(event, "", "✂ the caller barged in; only the words above were heard", "yellow")
            case CallEnded(outcome=outcome, reason=reason):
                self.outcome = f"{outcome} ({reason})" if reason else outcome
            case Failed(error=error):
                self._line(event, "failed", error, "red")

    def _reply(self, event: Replied | Played) -> None:
        if isinstance(event, Replied):
            self.latencies.append((self._caller, event.latency))
            log = f"(reply after {event.latency.total:.0f} ms)"
            self._line(event, "", drawn(event.latency), log=log)
        elif self.latencies:
            words, latency = self.latencies[-1]
            self.latencies[-1] = (words, replace(latency, played=event.played))

    def _line(
        self, event: Event, who: str, what: str | Text, style: str = "", *, log: str | None = None
    ) -> None:
        from rich.table import Table
        from rich.text import Text

        at = event.at - self._started
        clock = f"{int(at // 60)}:{at % 60:04.1f}"
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=6, style="dim")
        grid.add_column(width=6, style=style)
        grid.add_column()
        grid.add_row(
            clock,
            who,
            Text(what, style="yellow" if what[:1] == "✂" else "") if isinstance(what, str) else what,
        )
        self._changing("")
        self.console.print(grid)
        self.lines.append(f"{clock}  {who:<6}  {log if log is not None else what}")

    def _changing(self, words: str) -> None:
        from rich.text import Text

        if self._live is not None:
            self._live.update(Text(f"       caller {words} …", style="grey50") if words else Text(""))


def drawn(latency: Waterfall) -> Text:
    """A reply's time, drawn to scale, and its total."""
    from rich.text import Text

    shrunk = max(MS_A_CELL, latency.total / WIDEST)
    return Text.assemble(bar(latency, 1 / shrunk), (f" {latency.total:.0f} ms", "dim"))


def table(latencies: Sequence[tuple[str, Waterfall]]) -> RenderableType:
    """All replies of a call, with what their time went into."""
    from rich.text import Text

    from trunkline import terminal

    made: Table = terminal.table("reply to", "ms", "of which", right=("ms",))
    for words, latency in latencies:
        made.add_row(_short(words), f"{latency.total:.0f}", Text(figures(latency), style="dim"))
    return made


def _short(words: str, width: int = 24) -> str:
    return words if len(words) <= width else words[: width - 1] + "…"
