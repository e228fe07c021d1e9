"""Orders to campaigns, and questions: what needs no telephone."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from trunkline import logs, settings, terminal
from trunkline.calls.models import now
from trunkline.calls.store import CallStore
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.figures import Figures, Result, figures, results
from trunkline.campaigns.store import CampaignStore
from trunkline.commands import campaign_screen
from trunkline.errors import CampaignError
from trunkline.settings import Settings

REFRESH = 1.0
"""Seconds between looks."""

COLUMNS = ("state", "attempts", "outcome", "first_at", "last_at", "next_at", "call_sids", "reason")
"""Of an export, after the number and the columns of the list."""

T = TypeVar("T")


@asynccontextmanager
async def opened(values: Settings) -> AsyncIterator[CallStore]:
    """The call store."""
    store = CallStore(values.database_url)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def find(store: CallStore, name: str) -> Campaign:
    """A campaign by its name.

    Raises:
        CampaignError: there is none.
    """
    found = await CampaignStore(store.engine).campaign(name)
    if found is None:
        raise CampaignError(f"no campaign is called {name!r}; `trunkline campaign list` has all")
    return found


def _ask(question: Callable[[CallStore], Awaitable[T]]) -> T:
    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))

    async def answer() -> T:
        async with opened(values) as store:
            return await question(store)

    return asyncio.run(answer())


async def standing(store: CallStore, name: str | None) -> list[tuple[Campaign, Figures]]:
    """One campaign or all, with their figures."""
    campaigns = [await find(store, name)] if name else await CampaignStore(store.engine).campaigns()
    return [(one, await figures(store.engine, one.name, now())) for one in campaigns]


def status(name: str | None, *, watch: bool, as_json: bool) -> int:
    """Show how far campaigns are."""
    if as_json:
        found = _ask(lambda store: standing(store, name))
        terminal.print_json([campaign_screen.plain(*one) for one in found])
    elif watch:
        _ask(lambda store: follow(store, name))
    else:
        found = _ask(lambda store: standing(store, name))
        for one in found:
            terminal.screen().print(campaign_screen.card(*one))
        if not found:
            terminal.screen().print(
                "No campaigns yet; `trunkline campaign start --help` shows how to begin one."
            )
    return 0


async def follow(store: CallStore, name: str | None) -> None:
    """Show campaigns until they are done."""
    with campaign_screen.live() as screen:
        while True:
            found = await standing(store, name)
            screen.show(found)
            if all(campaign.state is State.DONE for campaign, _ in found):
                return
            await asyncio.sleep(REFRESH)


def listing() -> int:
    """List the campaigns."""
    found = _ask(lambda store: standing(store, None))
    terminal.screen().print(campaign_screen.listing(found))
    return 0


def pause(name: str) -> int:
    """Begin no more calls."""

    async def order(store: CallStore) -> tuple[bool, Campaign, Figures]:
        campaign = await find(store, name)
        paused = await CampaignStore(store.engine).pause(name)
        return paused, campaign, await figures(store.engine, name, now())

    paused, campaign, counted = _ask(order)
    if not paused:
        raise CampaignError(f"campaign {name!r} is {campaign.state.value}; only a running one can be paused")
    going_on = f"{counted.live} calls that are under way are finished" if counted.live else "no call is live"
    terminal.screen().print(f"Paused: {going_on}. `trunkline campaign resume {name}` goes on.")
    return 0


def delete(name: str) -> int:
    """Delete a campaign's contacts and attempts."""

    async def order(store: CallStore) -> None:
        campaign = await find(store, name)
        counted = await figures(store.engine, name, now())
        if campaign.state is State.RUNNING or counted.live:
            raise CampaignError(f"campaign {name!r} still calls; pause it, and wait until no call is live")
        await CampaignStore(store.engine).forget(name)

    _ask(order)
    terminal.screen().print(f"Deleted campaign {name}, its contacts and attempts; the calls stay.")
    return 0


def export(name: str, out: Path | None) -> int:
    """Write each contact with what came of it, as CSV."""

    async def all_of(store: CallStore) -> list[Result]:
        await find(store, name)
        return [one async for one in results(store.engine, name)]

    found = _ask(all_of)
    if out is None:
        _write(sys.stdout, found)
        return 0
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            _write(file, found)
    except OSError as error:
        raise CampaignError(f"{out}: {error.strerror or type(error).__name__}") from error
    terminal.screen().print(f"{len(found)} contacts in {out}")
    return 0


def _write(file: Any, found: list[Result]) -> None:
    names = list(dict.fromkeys(name for one in found for name in one.data))
    # A column of the list may be called as one of ours.
    shown = [f"list_{name}" if name in ("number", *COLUMNS) else name for name in names]
    writer = csv.writer(file)
    writer.writerow(["number", *shown, *COLUMNS])
    for one in found:
        writer.writerow([one.number, *(one.data.get(name, "") for name in names), *_cells(one)])


def _cells(one: Result) -> list[Any]:
    times = [
        at.isoformat(timespec="seconds") if at else "" for at in (one.first_at, one.last_at, one.next_at)
    ]
    return [one.state, one.attempts, one.outcome or "", *times, " ".join(one.sids), one.reason]
