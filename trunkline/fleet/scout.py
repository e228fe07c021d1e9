"""A scout: looks over, in a process of its own, what workers will need, before they are forked.

Composing a line may load a model or start a thread, and neither survives a fork. Whatever the scout starts
ends with it, and its parent stays clean.
"""

import asyncio
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from trunkline.calls.store import CallStore
from trunkline.errors import LineError, SettingsError, TrunklineError
from trunkline.inspection import inspect
from trunkline.loader import Loaded
from trunkline.settings import Settings
from trunkline.vendors import Vendors


@dataclass(frozen=True, slots=True)
class Findings:
    """What the scout found."""

    wrong: Sequence[tuple[Path, str, int | None]] = ()
    """Files that do not answer a phone: path, message, line."""
    failure: str = ""
    """What is wrong with the settings; empty for nothing."""

    def errors(self) -> list[LineError]:
        return [LineError(path, message, line=line) for path, message, line in self.wrong]


def scout(settings: Settings, loaded: Sequence[Loaded]) -> Findings:
    """Compose each line once, and bring the call store up to date.

    Raises:
        TrunklineError: the scout did not come back.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(theirs, settings, loaded), daemon=True)
    process.start()
    theirs.close()
    try:
        found: Findings = ours.recv()
    except EOFError:
        process.join()
        raise TrunklineError(f"the lines could not be looked over (exit code {process.exitcode})") from None
    finally:
        ours.close()
    process.join()
    return found


def _report(to: Connection, settings: Settings, loaded: Sequence[Loaded]) -> None:
    try:
        found = Findings(asyncio.run(look_over(settings, loaded)))
    except SettingsError as error:
        found = Findings(failure=str(error))
    to.send(found)


async def look_over(settings: Settings, loaded: Sequence[Loaded]) -> Sequence[tuple[Path, str, int | None]]:
    """What is wrong with the lines; the call store is up to date afterwards.

    Raises:
        SettingsError: the call store cannot be opened.
    """
    vendors = Vendors(settings)
    wrong = []
    try:
        for one in loaded:
            try:
                inspect(one.line, one.path, vendors)
            except LineError as error:
                wrong.append((error.path, error.message, error.line))
    finally:
        await vendors.close()
    store = CallStore(settings.database_url)
    await store.open()
    await store.close()
    return wrong
