"""What lines keep no longer is deleted at the start, and once a day."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from tests.trunkline.office import bare_line
from trunkline.calls.purge import Doomed, Purge, Wanted
from trunkline.calls.retention import DAY, Retention
from trunkline.line import Line
from trunkline.redaction.privacy import Privacy

NOW = datetime(2026, 3, 3, tzinfo=UTC)


class Store:
    """A store of which is only to be known what it was asked."""

    def __init__(self, *sids: str) -> None:
        self.asked: list[Wanted] = []
        self.purged: list[str] = []
        self.settled = 0
        self.dials: list[Wanted] = []
        self._due = [Doomed(sid, "desk", NOW, None, None) for sid in sids]

    async def matching(self, wanted: Wanted) -> list[Doomed]:
        self.asked.append(wanted)
        due, self._due = self._due, []
        return due

    async def purge(self, doomed: Sequence[Doomed], *, whole: bool = False) -> None:
        self.purged += [call.sid for call in doomed]

    async def purge_dials(self, wanted: Wanted) -> None:
        self.dials.append(wanted)

    async def settle(self, *, compact: bool = False) -> bool:
        self.settled += 1
        return True


class Contacts:
    """Of campaigns; so many are due."""

    def __init__(self, due: int = 0) -> None:
        self.asked: list[Wanted] = []
        self._due = due

    async def purge(self, wanted: Wanted) -> int:
        self.asked.append(wanted)
        return self._due


def retention(store: Any, *lines: Line, contacts: Any = None) -> Retention:
    contacts = contacts or cast(Any, Contacts())
    return Retention(cast(Purge, store), contacts, lines, Path("recordings"), lambda: NOW)


KEEPING = bare_line(privacy=Privacy(keep_days=30))


async def test_only_lines_that_say_how_long_are_looked_at() -> None:
    store = Store("CA1", "CA2")
    assert await retention(store, KEEPING, bare_line(name="shop")).once() == 2
    assert store.asked == [Wanted(before=NOW - timedelta(days=30), line="desk")]
    assert (store.purged, store.settled) == (["CA1", "CA2"], 1)


async def test_contacts_and_attempts_are_kept_as_long_as_calls() -> None:
    store, contacts = Store(), Contacts(due=3)
    assert await retention(store, KEEPING, bare_line(name="shop"), contacts=contacts).once() == 0
    assert contacts.asked == store.dials == [Wanted(before=NOW - timedelta(days=30), line="desk")]
    assert store.settled == 1


async def test_nothing_due_touches_nothing() -> None:
    store = Store()
    assert await retention(store, KEEPING).once() == 0
    assert store.settled == 0


async def test_it_looks_at_the_start_and_once_a_day_until_it_is_stopped() -> None:
    store = Store()
    running = retention(store, KEEPING)
    running.start()
    await asyncio.sleep(2.5 * DAY)
    assert len(store.asked) == 3
    running.stop()
    await asyncio.sleep(2 * DAY)
    assert len(store.asked) == 3


async def test_a_store_that_fails_is_asked_again_the_next_day() -> None:
    class Away(Store):
        async def matching(self, wanted: Wanted) -> list[Doomed]:
            await super().matching(wanted)
            raise OSError

    store = Away()
    running = retention(store, KEEPING)
    running.start()
    await asyncio.sleep(1.5 * DAY)
    running.stop()
    assert len(store.asked) == 2
