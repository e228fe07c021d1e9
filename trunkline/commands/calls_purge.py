"""``trunkline calls purge``: deletes what is kept of calls."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from trunkline.calls.purge import Doomed, Wanted
    from trunkline.campaigns.purge import Listed
    from trunkline.settings import Settings

Calls = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CALL]...", help="A call's id; its first letters are enough."),
]
Before = Annotated[
    str | None, typer.Option(metavar="DATE", help="Calls that began before a day, such as 2026-01-31.")
]
Older = Annotated[
    str | None, typer.Option("--older-than", metavar="TIME", help="Calls older than that: 30d, 12h or 8w.")
]
Line = Annotated[str | None, typer.Option(metavar="NAME", help="Only the calls of one line.")]
Caller = Annotated[str | None, typer.Option(metavar="NUMBER", help="Only the calls of one person, in E.164.")]
Whole = Annotated[
    bool, typer.Option("--all", help="Delete the calls' figures, too: nothing is left of them.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

EPILOG = """\b
Examples:
  trunkline calls purge CA3f2a
  trunkline calls purge --older-than 30d --line front-desk --dry-run
  trunkline calls purge --caller +14155550123 --all --yes
"""

AGE = re.compile(r"^(\d+)([hdw])$")

UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def calls_purge(
    calls: Calls = None,
    before: Before = None,
    older_than: Older = None,
    line: Line = None,
    caller: Caller = None,
    whole: Whole = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Delete what calls tell of people: words, tools, numbers, states and recordings.

    Their figures stay (when, how long, outcome, times, cost), unless --all. Calls that go on are left alone.
    The contacts of campaigns that are done lose their numbers and data likewise.
    """
    import asyncio

    from trunkline import logs, settings
    from trunkline.calls.purge import Wanted

    wanted = Wanted(tuple(calls or ()), _before(before, older_than), line, caller, again=whole)
    if not any((calls, before, older_than, line, caller)):
        raise typer.BadParameter("which calls? Name them, or give --before, --older-than, --line or --caller")
    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))
    return asyncio.run(_purge(values, wanted, whole=whole, dry_run=dry_run, yes=yes))


def _before(before: str | None, older_than: str | None) -> datetime | None:
    """Raises:
    typer.BadParameter: it is no day, or no length of time; or both were given.
    """
    if before is not None and older_than is not None:
        raise typer.BadParameter("--before and --older-than are two ways to say the same; give one")
    if before is not None:
        try:
            return datetime.fromisoformat(before).astimezone()
        except ValueError:
            raise typer.BadParameter(f"--before is {before!r}; expected a day such as 2026-01-31") from None
    if older_than is None:
        return None
    if (found := AGE.match(older_than)) is None:
        raise typer.BadParameter(f"--older-than is {older_than!r}; expected 30d, 12h or 8w")
    return datetime.now().astimezone() - timedelta(**{UNITS[found[2]]: int(found[1])})


async def _purge(settings: Settings, wanted: Wanted, *, whole: bool, dry_run: bool, yes: bool) -> int:
    from trunkline import terminal
    from trunkline.calls.purge import BATCH
    from trunkline.calls.retention import purged
    from trunkline.calls.store import CallStore
    from trunkline.campaigns.purge import ContactPurge

    store, screen = CallStore(settings.database_url), terminal.screen()
    await store.open()
    try:
        doomed, contacts = await store.purge.matching(wanted), ContactPurge(store.engine)
        listed = await contacts.matching(wanted)
        for told in _found(doomed, listed, whole=whole):
            screen.print(told)
        if not (doomed or listed.over):
            return 0
        if dry_run:
            return 0
        if not yes and not _agrees():
            return 1
        done = 0
        for start in range(0, len(doomed), BATCH):
            done += await purged(store.purge, doomed[start : start + BATCH], settings.recordings, whole=whole)
            if screen.is_terminal and len(doomed) > BATCH:
                screen.print(f"{done} of {len(doomed)}", end="\r")
        await store.purge.purge_dials(wanted)
        people = await contacts.purge(wanted, whole=whole)
        settled = await store.purge.settle(compact=True)
        screen.print(_done(doomed, done, people, settled=settled or "sqlite" not in settings.database_url))
        return 0 if done == len(doomed) else 1
    finally:
        await store.close()


def _agrees() -> bool:
    """Raises:
    typer.BadParameter: nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise typer.BadParameter("this cannot be undone, and nobody can be asked here; --yes agrees to it")
    return typer.confirm("This cannot be undone. Delete?")


def _found(doomed: list[Doomed], listed: Listed, *, whole: bool) -> Iterator[str]:
    """What is about to be deleted, and what is not."""
    if doomed:
        yield _summary(doomed, whole=whole)
    else:
        yield "No call to purge: none fits, or those that do go on or were purged before."
    if listed.over:
        what = "everything" if whole else "numbers and data"
        yield f"{_contacts(listed.over)} of campaigns that are done: {what}"
    if listed.live:
        yield (
            f"{_contacts(listed.live)} of campaigns that go on: kept. `trunkline do-not-call add` spares a "
            "person; `trunkline campaign delete` deletes a campaign."
        )


def _summary(doomed: list[Doomed], *, whole: bool) -> str:
    lines = ", ".join(sorted({call.line for call in doomed}))
    first, last = doomed[0].started_at, doomed[-1].started_at
    days = f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    sounds = sum(call.recording is not None for call in doomed)
    what = "everything" if whole else "words, tools and numbers"
    return f"{_calls(len(doomed))} of {lines}, {days}: {what}, {sounds} recording{'s' * (sounds != 1)}"


def _done(doomed: list[Doomed], done: int, people: int, *, settled: bool) -> str:
    said = [f"{_calls(done)}{f' and {_contacts(people)}' if people else ''} purged."]
    if done < len(doomed):
        said.append(f"{_calls(len(doomed) - done)} not: their recordings cannot be deleted.")
    if not settled:
        said.append(
            "Another process uses the store: its log still has what was deleted, until that process is done."
        )
    if voicemails := sum(call.voicemail is not None for call in doomed):
        said.append(
            f"{voicemails} of them left a message with the carrier, which keeps it: delete it there, too."
        )
    return "\n".join(said)


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


def _contacts(count: int) -> str:
    return "1 contact" if count == 1 else f"{count} contacts"
