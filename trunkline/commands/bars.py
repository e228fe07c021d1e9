"""Waterfalls on a terminal: a bar a reply, its figures, and a table of what the pieces are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trunkline.waterfall import MEANINGS, SEGMENTS, Waterfall, quantiles

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

STYLES = dict(
    zip(
        SEGMENTS,
        (
            "white on grey37",
            "black on steel_blue1",
            "black on dark_sea_green2",
            "black on khaki1",
            "white on grey50",
            "black on plum2",
            "black on light_salmon1",
            "black on light_pink1",
            "black on sky_blue1",
            "white on dark_red",
        ),
        strict=True,
    )
)
"""How a segment is drawn. Its name and the edge before it tell it apart without colour, too."""

EDGE, FILL = "│", "─"


def bar(latency: Waterfall, scale: float) -> Text:
    """A reply's segments, drawn to scale, each with as much of its name as it has room for.

    Args:
        latency: where the time went.
        scale: characters a millisecond.
    """
    from rich.text import Text

    drawn, end, at = Text(no_wrap=True, overflow="crop"), 0.0, 0
    for name, spent in latency.parts().items():
        end += spent * scale
        width = round(end) - at
        drawn.append(f"{EDGE}{name}"[:width].ljust(width, FILL), style=STYLES[name])
        at += width
    return drawn


def figures(latency: Waterfall) -> str:
    """A reply's segments in milliseconds, those that took some; behind them when it was played."""
    spent = {name: f"{value:.0f}" for name, value in latency.parts().items() if round(value)}
    played = {} if latency.played is None else {"played": f"+{latency.played:.0f}"}
    # A name and its figure stay on one line.
    return " · ".join(f"{name}\N{NO-BREAK SPACE}{value}" for name, value in {**spent, **played}.items())


def legend(latencies: Sequence[Waterfall]) -> Table:
    """What the pieces of these bars are, and how long they took: in the median, and in 95 of 100."""
    from rich.text import Text

    from trunkline import terminal

    table = terminal.table("segment", "p50", "p95", "ms, until …", right=("p50", "p95"))
    for name, found in quantiles(latencies).items():
        if name in SEGMENTS and not round(found.p95):
            continue
        row = [f"{found.p50:.0f}", f"{found.p95:.0f}", MEANINGS.get(name, "the sum")]
        label = Text(f"{EDGE}{name}{FILL}", style=STYLES.get(name, ""))
        table.add_row(label if name in STYLES else name, *row, style="bold" if name == "total" else "")
    return table
