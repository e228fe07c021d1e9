"""Begins a campaign, or goes on with one: checks, serves its line, and calls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.text import Text

from trunkline import e164, loader, logs, settings, terminal
from trunkline.calls.models import now
from trunkline.calls.store import CallStore
from trunkline.campaigns import contacts as lists
from trunkline.campaigns import table as tables
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.contacts import Contacts, Wrong
from trunkline.campaigns.pacing import Pacing
from trunkline.campaigns.retries import Retries
from trunkline.campaigns.store import CampaignStore
from trunkline.commands import campaign_screen
from trunkline.commands.campaign_orders import REFRESH, find, opened, standing
from trunkline.commands.serving import listening, loop_factory, until_signal
from trunkline.errors import CampaignError, SettingsError
from trunkline.line import Line
from trunkline.loader import Loaded
from trunkline.outbound.dialler import NO_ORIGIN
from trunkline.outbound.manners import Outbound
from trunkline.settings import REQUIRED, Settings

SHOWN = 10
"""Rows that are named of those that cannot be called."""

LOOK = 0.5
"""Seconds between looks for whether this process may drive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A campaign as somebody asks for it."""

    name: str
    line: Path
    contacts: Path | None
    table: str | None
    database: str | None
    column: str
    rate: float
    at_once: int
    retry: tuple[str, ...]
    attempts: int
    skip_bad: bool


def start(order: Order, host: str, port: int, *, check: bool, detach: bool) -> int:
    """Check everything, keep the campaign, and call unless told otherwise.

    Raises:
        TrunklineError: something does not fit; nobody was called.
    """
    values = _settings()
    loaded = Loaded(order.line.resolve(), loader.load(order.line))
    try:
        campaign = Campaign(
            order.name,
            loaded.line.name,
            str(loaded.path),
            Pacing(order.rate, order.at_once),
            Retries.of(order.retry, order.attempts),
        )
    except ValueError as error:
        raise CampaignError(str(error)) from error
    if not check and not detach:
        _require_telephone(values)
    asyncio.run(_keep(values, campaign, order, loaded.line, check=check))
    if check:
        return 0
    if detach:
        terminal.screen().print(f"A `trunkline serve` of line {campaign.line} calls them.")
        return 0
    return _serve(values, loaded, campaign.name, host, port)


def resume(name: str, line: Path | None, host: str, port: int, *, detach: bool) -> int:
    """Go on with a campaign.

    Raises:
        TrunklineError: there is none, it is done, or its line cannot be served.
    """
    values = _settings()
    campaign = asyncio.run(_wake(values, name))
    if detach:
        terminal.screen().print(
            f"Campaign {name} goes on: a `trunkline serve` of line {campaign.line} calls."
        )
        return 0
    _require_telephone(values)
    path = line or Path(campaign.file)
    loaded = Loaded(path, loader.load(path))
    if loaded.line.name != campaign.line:
        raise CampaignError(
            f"{path} has line {loaded.line.name!r}; the campaign calls from {campaign.line!r}"
        )
    return _serve(values, loaded, name, host, port)


def _settings() -> Settings:
    values = settings.load()
    logs.configure("WARNING", logs.secrets(values))
    return values


def _require_telephone(values: Settings) -> None:
    """
    Raises:
        SettingsError: no call could be made.
    """
    values.require((*REQUIRED, "TWILIO_ACCOUNT_SID"))
    if not values.public_url and not values.twilio_base_url:
        raise SettingsError(NO_ORIGIN)


async def _keep(values: Settings, campaign: Campaign, order: Order, line: Line, *, check: bool) -> None:
    """Read and check the list, say what is in it, and keep it."""
    async with opened(values) as store:
        never = {row.number for row in await store.dials.blocked()}
        found = await _read(values, order, line, never)
        _sum_up(campaign, found)
        if found.wrong and not order.skip_bad:
            raise CampaignError(
                f"{len(found.wrong)} rows cannot be called; mend them, or leave them out with --skip-bad. "
                "Nobody was called"
            )
        if not found.good:
            raise CampaignError("nobody is left to be called")
        if not check:
            await CampaignStore(store.engine).create(campaign, found.good, now())


async def _read(values: Settings, order: Order, line: Line, never: set[str]) -> Contacts:
    if (order.contacts is None) == (order.table is None):
        raise CampaignError("whom to call? expected --contacts FILE, or --table TABLE")
    normal = partial(e164.normalise, home=line.number)
    needed = (line.outbound or Outbound()).missing({})
    if order.contacts is not None:
        return lists.read(order.contacts, normal, column=order.column, never=never, needed=needed)
    url = order.database or values.database_url
    return await tables.fetch(url, order.table or "", normal, column=order.column, never=never, needed=needed)


def _sum_up(campaign: Campaign, found: Contacts) -> None:
    screen, table = terminal.screen(), terminal.table("", "")
    screen.print(Text.assemble(("Campaign ", "dim"), (campaign.name, "bold")))
    table.add_row("  contacts", f"{len(found.good):,} to be called")
    for what, rows, why in (
        ("wrong", found.wrong, "cannot be called"),
        ("doubles", found.doubles, "left out: the number stands above"),
        ("excluded", found.excluded, "left out: on the do-not-call list"),
    ):
        if rows:
            table.add_row(f"  {what}", f"{len(rows):,} {why}")
    table.add_row("  line", campaign.line)
    table.add_row("  pace", str(campaign.pacing))
    table.add_row("  retries", str(campaign.retries))
    screen.print(table)
    _name(found.wrong)


def _name(wrong: Iterable[Wrong]) -> None:
    rows = list(wrong)
    for row in rows[:SHOWN]:
        terminal.complain(str(row), kind="wrong")
    if len(rows) > SHOWN:
        terminal.screen(stderr=True).print(f"… and {len(rows) - SHOWN:,} more")


async def _wake(values: Settings, name: str) -> Campaign:
    async with opened(values) as store:
        campaign = await find(store, name)
        if campaign.state is State.DONE:
            raise CampaignError(
                f"campaign {name!r} is done; `trunkline campaign export {name}` has what came of it"
            )
        await CampaignStore(store.engine).resume(name)
        return campaign


def _serve(values: Settings, loaded: Loaded, name: str, host: str, port: int) -> int:
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_call(values, loaded, name, host, port))


async def _call(values: Settings, loaded: Loaded, name: str, host: str, port: int) -> int:
    """Serve the line and drive the campaign until it is done, or a signal comes."""
    from trunkline import garbage
    from trunkline.campaigns import standby
    from trunkline.server.service import Service  # takes seconds: after all that fails fast

    service = Service(values, [loaded], host=host, port=port)
    with until_signal() as signals:
        async with listening(service, host, port):
            garbage.settle(service.switchboard)
            async with standby.beside(service, look=LOOK):
                if not await _watch(service.store, name, signals.stop):
                    terminal.screen().print(
                        f"Stopping: no call is begun any more. `trunkline campaign resume {name}` goes on."
                    )
                    await service.drain(signals.hurry)
    return 0


async def _watch(store: CallStore, name: str, stop: asyncio.Event) -> bool:
    """Show how far it is. Whether it is done."""
    with campaign_screen.live() as screen:
        while not stop.is_set():
            found = await standing(store, name)
            screen.show(found)
            if found[0][0].state is State.DONE:
                return True
            try:
                async with asyncio.timeout(REFRESH):
                    await stop.wait()
            except TimeoutError:
                continue
    return False
