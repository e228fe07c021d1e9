"""Whom a campaign has called is deleted once it is done, down to the bytes; what came of it stays."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.trunkline.campaigns.people import NOON, campaign, number, opened, people
from trunkline.calls.purge import Wanted
from trunkline.calls.store import CallStore
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.figures import Result, figures, results
from trunkline.campaigns.purge import ContactPurge, Listed
from trunkline.campaigns.store import CampaignStore

LATER = NOON + timedelta(hours=1)
AFTER = Wanted(before=LATER + timedelta(seconds=1))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CallStore]:
    """Two campaigns of the same three people: one is done, one goes on."""
    async with opened(tmp_path) as made:
        campaigns = CampaignStore(made.engine)
        for name, line in (("done", "desk"), ("live", "shop")):
            await campaigns.create(campaign(name=name, line=line), people(3), NOON)
        ids = await campaigns.take("done", 3, NOON)
        ended = {one: Ended("answered-human", sid=f"CA{at}") for at, one in enumerate(ids)}
        await campaigns.settle(ended, LATER)
        assert await campaigns.finish("done", LATER)
        yield made


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("calls.db*"))


async def all_of(store: CallStore, name: str) -> list[Result]:
    return [one async for one in results(store.engine, name)]


async def numbers(store: CallStore, name: str = "done") -> list[str]:
    return [one.number for one in await all_of(store, name)]


async def test_numbers_and_data_go_and_what_came_of_them_stays(store: CallStore, tmp_path: Path) -> None:
    await CampaignStore(store.engine).forget("live")  # the same people
    assert number(1).encode() in on_disk(tmp_path)
    assert b"Person 1" in on_disk(tmp_path)
    assert await ContactPurge(store.engine).purge(AFTER) == 3
    assert await store.purge.settle()
    for word in (number(1)[:9].encode(), b"Person"):
        assert word not in on_disk(tmp_path)
    told = [(one.number, one.data, one.outcome, one.sids) for one in await all_of(store, "done")]
    assert told == [("", {}, "answered-human", (f"CA{at}",)) for at in range(3)]
    assert (await figures(store.engine, "done", LATER)).outcomes == {"answered-human": 3}
    assert await ContactPurge(store.engine).matching(AFTER) == Listed()
    assert await ContactPurge(store.engine).purge(AFTER) == 0


async def test_all_leaves_no_contact_and_no_attempt(store: CallStore) -> None:
    assert await ContactPurge(store.engine).purge(Wanted(line="desk", again=True), whole=True) == 3
    assert await all_of(store, "done") == []
    assert (await figures(store.engine, "done", LATER)).attempts == 0
    assert await CampaignStore(store.engine).campaign("done") is not None


@pytest.mark.parametrize("whole", [False, True])
async def test_a_contact_of_a_campaign_that_goes_on_is_not_touched(store: CallStore, whole: bool) -> None:
    contacts, campaigns = ContactPurge(store.engine), CampaignStore(store.engine)
    assert await contacts.matching(Wanted(line="shop")) == Listed(0, 3)
    assert await contacts.matching(AFTER) == Listed(3, 0)
    assert await contacts.purge(Wanted(line="shop"), whole=whole) == 0
    assert await campaigns.pause("live")
    assert await contacts.matching(Wanted(caller=number(1))) == Listed(1, 1)
    assert await contacts.purge(Wanted(caller=number(1)), whole=whole) == 1
    assert await numbers(store, "live") == [number(0), number(1), number(2)]
    assert len(await campaigns.waiting("live", 9, LATER)) == 3


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"before": LATER}, [0, 1, 2]),
        ({"line": "shop"}, [0, 1, 2]),
        ({"caller": number(9)}, [0, 1, 2]),
        ({"caller": number(1)}, [0, 2]),
        ({"caller": number(1), "line": "shop"}, [0, 1, 2]),
        ({"calls": ("CA1", "CA2")}, [0]),
        ({"calls": ("CA1",), "caller": number(2)}, [0, 1, 2]),
        ({"line": "desk", "before": LATER + timedelta(days=1)}, []),
    ],
)
async def test_contacts_are_chosen_by_all_that_is_given(
    store: CallStore, wanted: dict[str, Any], left: list[int]
) -> None:
    await ContactPurge(store.engine).purge(Wanted(**wanted))
    assert [one for one in await numbers(store) if one] == [number(at) for at in left]
