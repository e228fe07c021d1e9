"""What a server says of itself: the lines that it answers, and what Twilio has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

import trunkline
from trunkline import terminal
from trunkline.loader import Loaded

if TYPE_CHECKING:
    from trunkline.server.service import Service

VOICE = "/twilio/voice"
STATUS = "/twilio/status"

YOUR_HOST = "https://YOUR-HOST"
"""What stands for the public URL while nobody has said it."""


def announce(service: Service, loaded: Sequence[Loaded], *, single: bool = False) -> None:
    """Say what a server that has just started answers, and where.

    Args:
        service: the running server.
        loaded: the files that it was given; those that it left out are not listed.
        single: whether its line answers whatever number is called.
    """
    served = [one for one in loaded if any(plan.line is one.line for plan in service.plans)]
    count = f"{len(served)} line" + "s" * (len(served) != 1)
    screen = terminal.screen()
    screen.print(Text(f"Trunkline {trunkline.__version__} answers {count} on {service.url}", style="bold"))
    screen.print()
    screen.print(_lines(served, single=single))
    screen.print("\nGive each number in Twilio these webhooks, both POST:")
    screen.print(_webhooks(service.settings.public_url or YOUR_HOST))
    screen.print("\nCtrl-C stops.", style="dim")
    if not service.settings.public_url:
        terminal.warn(
            "TRUNKLINE_PUBLIC_URL is not set; the host of each request is taken for it, which holds behind "
            "a proxy that keeps Host (or sends X-Forwarded-Host)"
        )


def farewell(calls: int) -> None:
    """Say that the server stops, and how many calls it ends with that."""
    ending = (
        f"ending {calls} call{'s' * (calls != 1)}; Ctrl-C again quits at once" if calls else "no call is live"
    )
    terminal.screen().print(f"Stopping: {ending}.")


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
