"""A call to somebody from the command line: ordered, followed to its end, and summed up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from trunkline import terminal
from trunkline.commands.live import Screen
from trunkline.commands.serving import listening, loop_factory, until_signal
from trunkline.errors import CarrierError
from trunkline.events import Event, Watchers

if TYPE_CHECKING:
    from rich.console import Console

    from trunkline.calls.models import DialRow
    from trunkline.loader import Loaded
    from trunkline.outbound.dialler import Dialled, Dialler
    from trunkline.server.service import Service
    from trunkline.settings import Settings

LOOK = 0.5
"""Seconds between looks at what became of the attempt."""

ASK = 60.0
"""Seconds after which the carrier is asked, in case it cannot reach us to tell."""

LAST_WORDS = 0.2
"""Seconds after the call in which what happened is still told."""

STEPS = {
    "requested": "The carrier has the order.",
    "ringing": "It rings.",
    "answered": "Answered.",
    "unknown": "The carrier did not answer; there may be a call. It is not asked again.",
}

ENDINGS = {
    "answered-human": "A person answered.",
    "voicemail-left": "A machine answered, and has our message.",
    "answered-machine": "A machine answered, and was hung up on.",
    "busy": "The line is busy.",
    "no-answer": "Nobody answered.",
    "canceled": "The call was cancelled.",
    "failed": "The call failed.",
}

REACHED = ("answered-human", "voicemail-left")


def here(
    line: Loaded,
    values: Settings,
    number: str,
    data: Mapping[str, str],
    host: str,
    port: int,
    *,
    anyway: bool,
) -> int:
    """Serve the line for the length of one call; the exit code."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_here(line, values, number, data, host, port, anyway=anyway))


async def _here(
    line: Loaded,
    values: Settings,
    number: str,
    data: Mapping[str, str],
    host: str,
    port: int,
    *,
    anyway: bool,
) -> int:
    from trunkline.server.service import Service

    service = Service(values, [line], host=host, port=port)
    async with listening(service, host, port):
        dialled = await service.dialler.dial(line.line, number, data=data, anyway=anyway)
        return sum_up(await follow(service, dialled, terminal.screen()))


async def follow(service: Service, dialled: Dialled, console: Console) -> DialRow:
    """Show a call until it is over; Ctrl-C hangs up."""
    with until_signal() as signals, service.watchers.watching() as events, Screen(console) as screen:
        showing = asyncio.create_task(_show(events, screen))
        ending = asyncio.create_task(_until_over(service.dialler, dialled, console))
        stopping = asyncio.create_task(signals.stop.wait())
        try:
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                await _hang_up(service, dialled)
            row = await ending
            await asyncio.sleep(LAST_WORDS)
            return row
        finally:
            for task in (showing, ending, stopping):
                task.cancel()


async def _show(events: AsyncIterator[Event], screen: Screen) -> None:
    async for event in events:
        screen.show(event)


async def _hang_up(service: Service, dialled: Dialled) -> None:
    row = await service.dialler.attempt(dialled.id)
    if row is not None and row.sid:
        with suppress(CarrierError):
            await service.vendors.carrier.hang_up(row.sid)


async def _until_over(dialler: Dialler, dialled: Dialled, console: Console) -> DialRow:
    """Tell each step of an attempt; the last."""
    told, who, asked = "", "", asyncio.get_running_loop().time()
    while True:
        row = await dialler.attempt(dialled.id)
        assert row is not None  # noqa: S101 - it was kept before the carrier was asked
        if row.status in STEPS and row.status != told:
            console.print(STEPS[row.status], style="dim")
        if row.answered_by and row.answered_by != who:
            console.print(f"Answered by: {row.answered_by}.", style="dim")
        told, who = row.status, row.answered_by or ""
        if row.claim is None:
            return row
        if asyncio.get_running_loop().time() - asked > ASK:
            asked = asyncio.get_running_loop().time()
            await dialler.settle(dialled.id)
        await asyncio.sleep(LOOK)


def sum_up(row: DialRow) -> int:
    """Say how it ended; the exit code."""
    reached = row.outcome in REACHED
    why = f" ({row.error})" if row.error else ""
    ending = ENDINGS.get(row.outcome or "", f"It ended as {row.outcome}.").removesuffix(".")
    terminal.screen().print(f"{ending}{why}.", style="green" if reached else "red")
    return 0 if reached else 1


def elsewhere(line: Loaded, values: Settings, number: str, data: Mapping[str, str], *, anyway: bool) -> int:
    """Order a call that a server which runs already takes; the exit code."""
    return asyncio.run(_elsewhere(line, values, number, data, anyway=anyway))


async def _elsewhere(
    line: Loaded, values: Settings, number: str, data: Mapping[str, str], *, anyway: bool
) -> int:
    from trunkline.calls.store import CallStore
    from trunkline.costs.spending import Spending
    from trunkline.outbound.dialler import Dialler
    from trunkline.switchboard import Switchboard
    from trunkline.vendors import Vendors

    vendors, store = Vendors(values), CallStore(values.database_url)
    await store.open()
    try:
        board = Switchboard([line.line], vendors, store, Watchers())
        board.spending = Spending(store.expenses.spent)
        dialler = Dialler(board, store.dials, vendors, lambda: values.public_url)
        dialled = await dialler.dial(line.line, number, data=data, anyway=anyway)
        await dialler.close()
    finally:
        await vendors.close()
        await store.close()
    if dialled.is_unknown:
        terminal.warn("the carrier did not answer; there may be a call, or none: look before you call again")
        return 1
    terminal.screen().print(
        f"Calling: {dialled.sid}. `trunkline calls show {(dialled.sid or '')[:8]}` tells more."
    )
    return 0
