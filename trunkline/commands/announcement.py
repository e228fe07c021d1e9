"""What a server says of itself: the lines that it answers, and what Twilio has to be told."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

import trunkline
from trunkline import terminal
from trunkline.loader import Loaded

VOICE = "/twilio/voice"
STATUS = "/twilio/status"

YOUR_HOST = "https://YOUR-HOST"
"""What stands for the public URL while nobody has said it."""


def announce(
    url: str, served: Sequence[Loaded], public_url: str | None, *, single: bool = False, workers: int = 1
) -> None:
    """Say what a server that has just started answers, and where.

    Args:
        url: of the listening socket.
        served: the files whose lines it answers.
        public_url: under which Twilio reaches it, if that has been said.
        single: whether its line answers whatever number is called.
        workers: processes that share the calls.
    """
    count = f"{len(served)} line" + "s" * (len(served) != 1)
    shared = f" with {workers} workers" if workers > 1 else ""
    title = f"Trunkline {trunkline.__version__} answers {count} on {url}{shared}"
    screen = terminal.screen()
    screen.print(Text(title, style="bold"))
    screen.print()
    screen.print(_lines(served, single=single))
    screen.print("\nGive each number in Twilio these webhooks, both POST:")
    screen.print(_webhooks(public_url or YOUR_HOST))
    screen.print("\nCtrl-C stops.", style="dim")
    if not public_url:
        terminal.warn(
            "TRUNKLINE_PUBLIC_URL is not set; the host of each request is taken for it, which holds behind "
            "a proxy that keeps Host (or sends X-Forwarded-Host)"
        )


def farewell(calls: int) -> None:
    """Say that the server stops, and how many calls it lets finish."""
    several = "s" * (calls != 1)
    going_on = f"{calls} call{several} may finish; Ctrl-C again hands {'them' if several else 'it'} over"
    terminal.screen().print(f"Stopping: {going_on if calls else 'no call is live'}.")


def _lines(served: Sequence[Loaded], *, single: bool) -> Table:
    table = terminal.table("line", "number", "file")
    for one in served:
        number = "any number" if single else one.line.number
        table.add_row(Text(one.line.name), number, Text(str(one.path)))
    return table


def _webhooks(public_url: str) -> Table:
    table = terminal.table("", "")
    table.add_row("  A call comes in", Text(public_url + VOICE, style="bold"))
    table.add_row("  Call status changes", Text(public_url + STATUS, style="bold"))
    return table
