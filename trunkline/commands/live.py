"""A call on the screen while it goes on: who speaks, words as they come, tools, barge-ins, reply times."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from trunkline.events import (
    AgentSaid,
    CallEnded,
    CallerSaid,
    CallerSpeaking,
    CallStarted,
    Event,
    Failed,
    Latency,
    Replied,
    ToolCalled,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

PARTS = {
    "listening": ("█", "blue", "Deepgram noticed the end of the turn"),
    "thinking": ("▓", "magenta", "the model's first word"),
    "speaking": ("▒", "cyan", "the voice's first sound"),
    "other": ("░", "yellow", "tools, and everything of ours"),
}
"""Where the time before a reply goes: how it is drawn, and what it is."""

MS_A_CELL = 40
WIDEST = 30
"""Cells of a bar, at most."""


class Screen:
    """Prints a call as it happens. On a terminal the last line shows words that may still change.

    Args:
        console: where to print.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        self.latencies: list[tuple[str, Latency]] = []
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
            case Replied(latency=latency):
                self.latencies.append((self._caller, latency))
                self._line(event, "", bar(latency), log=f"(reply after {latency.total:.0f} ms)")
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


def bar(latency: Latency) -> Text:
    """A reply's time, drawn to scale, and its total."""
    from rich.text import Text

    drawn = Text()
    at, end = 0, 0.0
    for part, (glyph, style, _) in PARTS.items():
        end += max(0.0, getattr(latency, part)) / MS_A_CELL
        cells = min(WIDEST, round(end)) - at
        drawn.append(glyph * cells, style=style)
        at += max(0, cells)
    return drawn.append(f" {latency.total:.0f} ms", style="dim")


def table(latencies: list[tuple[str, Latency]]) -> RenderableType:
    """All replies of a call, with what their time went into, and the median."""
    from trunkline import terminal

    made: Table = terminal.table("reply to", *PARTS, "total ms", right=(*PARTS, "total ms"))
    for words, latency in latencies:
        made.add_row(_short(words), *_cells(latency))
    if latencies:
        middle = Latency(
            **{
                part: median(getattr(latency, part) for _, latency in latencies)
                for part in ("total", "listening", "thinking", "speaking")
            }
        )
        made.add_row("median", *_cells(middle), style="bold")
    return made


def legend() -> Text:
    """What the pieces of a bar are."""
    from rich.text import Text

    pieces = [(f"{glyph} {part}: {meaning}   ", style) for part, (glyph, style, meaning) in PARTS.items()]
    return Text.assemble(*pieces)


def _cells(latency: Latency) -> list[str]:
    return [f"{getattr(latency, part):.0f}" for part in (*PARTS, "total")]


def _short(words: str, width: int = 44) -> str:
    return words if len(words) <= width else words[: width - 1] + "…"
