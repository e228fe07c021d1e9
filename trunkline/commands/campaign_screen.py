"""How a campaign stands, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from trunkline import terminal
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.figures import Figures

Standing = tuple[Campaign, Figures]

WIDTH = 40
"""Cells of a bar."""

STYLES = {
    "answered-human": "green",
    "voicemail-left": "cyan",
    "answered-machine": "cyan",
    "busy": "yellow",
    "no-answer": "yellow",
    "postponed": "yellow",
    "failed": "red",
    "refused": "red",
    "unknown": "magenta",
    "lost": "magenta",
    "canceled": "red",
}

STATES = {State.RUNNING: "bold green", State.PAUSED: "bold yellow", State.DONE: "bold"}


def card(campaign: Campaign, counted: Figures) -> Group:
    """A campaign with its bar, its outcomes and what is next."""
    share = counted.done / counted.contacts if counted.contacts else 1.0
    head = Text.assemble(
        (campaign.name, "bold"),
        "  ",
        (campaign.state.value, STATES[campaign.state]),
        f"  line {campaign.line}",
    )
    bar = Text.assemble(
        *_bar(counted),
        f"  {counted.done:,} of {counted.contacts:,} done ({share:.0%})",
    )
    rows = [head, bar, _outcomes(counted), _now(campaign, counted)]
    if campaign.reason:
        rows.append(Text(f"It paused by itself: {campaign.reason}", style="red"))
    return Group(*rows, Text())


def _bar(counted: Figures) -> list[tuple[str, str]]:
    """Done, being called, called before and waiting, not called yet."""
    parts = (
        (counted.done, "━", "green"),
        (counted.live, "━", "cyan"),
        (counted.again, "━", "yellow"),
        (counted.waiting - counted.again, "─", "dim"),
    )
    total = max(1, counted.contacts)
    cells, so_far, drawn = [], 0, 0
    for count, sign, style in parts:
        so_far += count
        until = round(WIDTH * so_far / total)
        cells.append((sign * (until - drawn), style))
        drawn = until
    return cells


def _outcomes(counted: Figures) -> Text:
    told = [(f"{name} {count:,}", STYLES.get(name, "default")) for name, count in counted.outcomes.items()]
    separated: list[Any] = []
    for one in told:
        separated += [one, "   "]
    return Text.assemble(*separated) if told else Text("nobody was called yet", style="dim")


def _now(campaign: Campaign, counted: Figures) -> Text:
    said = [
        f"{counted.live:,} being called",
        f"{counted.again:,} to be called again",
        f"{counted.attempts:,} attempts",
    ]
    if campaign.state is State.RUNNING:
        said.append(f"{counted.pace:.2f} calls a second")
    if counted.next_at is not None and campaign.state is not State.DONE:
        said.append(f"next {counted.next_at.astimezone():%d %b %H:%M:%S}")
    return Text(", ".join(said), style="dim")


def listing(found: Sequence[Standing]) -> Table:
    """Campaigns, one a row."""
    table = terminal.table(
        "campaign", "line", "state", "done", "contacts", "started", right=("done", "contacts")
    )
    for campaign, counted in found:
        table.add_row(
            campaign.name,
            campaign.line,
            Text(campaign.state.value, style=STATES[campaign.state]),
            f"{counted.done:,}",
            f"{counted.contacts:,}",
            f"{campaign.started_at:%d %b %H:%M}" if campaign.started_at else "",
        )
    return table


def plain(campaign: Campaign, counted: Figures) -> dict[str, Any]:
    """For other programs."""
    times = {"next_at": counted.next_at.isoformat() if counted.next_at else None}
    named = {"campaign": campaign.name, "line": campaign.line, "state": campaign.state.value}
    return {**named, "reason": campaign.reason, **asdict(counted), **times}


class Screen:
    """A terminal on which cards stay in place; elsewhere a line a change."""

    def __init__(self, drawn: Live | None) -> None:
        self._drawn = drawn
        self._last: dict[str, tuple[int, int]] = {}

    def show(self, found: Sequence[Standing]) -> None:
        """How campaigns stand now."""
        if self._drawn is not None:
            self._drawn.update(Group(*(card(*one) for one in found)), refresh=True)
            return
        for campaign, counted in found:
            if self._last.get(campaign.name) != (now := (counted.done, counted.attempts)):
                self._last[campaign.name] = now
                outcomes = ", ".join(f"{name} {count}" for name, count in counted.outcomes.items())
                terminal.screen().print(
                    f"{campaign.name}: {counted.done} of {counted.contacts} done, {counted.live} being called"
                    + (f"; {outcomes}" if outcomes else "")
                )


@contextmanager
def live() -> Iterator[Screen]:
    """A screen to show campaigns on."""
    console = terminal.screen()
    if not console.is_terminal:
        yield Screen(None)
        return
    with Live(console=console, auto_refresh=False) as drawn:
        yield Screen(drawn)
