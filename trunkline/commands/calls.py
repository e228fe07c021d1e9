"""``trunkline calls``: what is kept of calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline.commands.lines import Json
from trunkline.errors import TrunklineError

if TYPE_CHECKING:
    from pathlib import Path

    from trunkline.calls.models import CallRow
    from trunkline.settings import Settings

What = Annotated[
    list[str] | None,
    typer.Argument(metavar="list | show CALL | cost | purge", help="The first letters of a CALL are enough."),
]
Limit = Annotated[int, typer.Option(metavar="N", help="List the N latest.", min=1)]
Line = Annotated[str | None, typer.Option(metavar="NAME", help="Only the calls of one line.")]
Numbers = Annotated[bool, typer.Option("--numbers", help="Show the callers' numbers in full.")]

EPILOG = """\b
Examples:
  trunkline calls
  trunkline calls --line front-desk --limit 50
  trunkline calls show CA3f2a
  trunkline calls show CA3f2a --json
  trunkline calls cost --by day
  trunkline calls purge --older-than 30d
"""


def calls(
    what: What = None,
    limit: Limit = 20,
    line: Line = None,
    numbers: Numbers = False,
    as_json: Json = False,
) -> int:
    """List the latest calls; show what was said in one, what they cost; delete them.

    The list has the median of what the caller waited for a reply. A call is shown with a bar for each reply:
    where the time went from the caller's last sound to the reply's first byte on the wire, and how long after
    it was played. Below, what the pieces are, with their median and 95th percentile in this call. Times stand
    for places in the call's sound, which is named if it was recorded.
    """
    import asyncio

    from trunkline import logs, settings

    sid = _sid(what or [])
    values = settings.load()
    logs.configure("ERROR", logs.secrets(values))
    if sid is None:
        _list(asyncio.run(_latest(values, limit, line)), line, numbers=numbers, as_json=as_json)
    else:
        _show(asyncio.run(_one(values, sid)), values.recordings, numbers=numbers, as_json=as_json)
    return 0


def _sid(what: Sequence[str]) -> str | None:
    """The call to show; None to list."""
    match list(what):
        case [] | ["list"]:
            return None
        case ["show", sid] | [sid] if sid != "show":
            return sid
        case ["show"]:
            raise typer.BadParameter("which call? `trunkline calls` lists them")
        case _:
            raise typer.BadParameter("expected `list`, `show CALL`, `cost` or `purge`")


async def _latest(settings: Settings, limit: int, line: str | None) -> Sequence[CallRow]:
    from trunkline.calls.store import CallStore

    store = CallStore(settings.database_url)
    await store.open()
    try:
        return await store.calls(limit, line)
    finally:
        await store.close()


async def _one(settings: Settings, sid: str) -> CallRow:
    from trunkline.calls.store import CallStore

    store = CallStore(settings.database_url)
    await store.open()
    try:
        found = [row] if (row := await store.call(sid)) else await store.matching(sid)
    finally:
        await store.close()
    if len(found) != 1:
        which = "several calls begin" if found else "no call begins"
        raise TrunklineError(f"{which} with {sid!r}; `trunkline calls` lists the latest")
    return found[0]


def _list(rows: Sequence[CallRow], line: str | None, *, numbers: bool, as_json: bool) -> None:
    from trunkline import terminal
    from trunkline.calls.summary import masked, plain
    from trunkline.commands.call_list import call_list

    if as_json:
        terminal.print_json([plain(row, row.caller if numbers else masked(row.caller)) for row in rows])
    elif rows:
        terminal.screen().print(call_list(rows, numbers=numbers))
    else:
        terminal.screen().print(
            f"No calls yet{f' on line {line!r}' if line else ''}: the ones that a server answers are listed "
            "here; a sandbox call leaves a recording and a transcript.\n"
        )
        terminal.screen().print("  trunkline call pipelines/front_desk.py    offline, with voices")
        terminal.screen().print(
            "  trunkline doctor                          for a real number: what it needs"
        )


def _show(row: CallRow, recordings: Path, *, numbers: bool, as_json: bool) -> None:
    from trunkline import terminal
    from trunkline.calls.summary import masked, plain, transcript
    from trunkline.commands.moments import parts, told
    from trunkline.commands.transcript import draw

    found = parts(recordings, row.recording)
    caller = row.caller if numbers else masked(row.caller)
    if as_json:
        sound = [{"path": str(part.path), "seconds": part.seconds} for part in found]
        terminal.print_json({**plain(row, caller), "sound": sound, "transcript": transcript(row.turns)})
    else:
        draw(row, caller, told(row.recording, found))
