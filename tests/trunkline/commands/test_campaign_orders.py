"""Orders to campaigns, and questions."""

import asyncio
import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.trunkline.campaigns.people import NAME, NOON, campaign, people
from tests.trunkline.conftest import CommandLine
from trunkline.calls.store import CallStore
from trunkline.campaigns.campaign import State
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.store import CampaignStore

DATABASE = "sqlite+aiosqlite:///trunkline.db"


async def keep(state: State) -> None:
    """Three people: one was reached, one was busy, one was not called yet."""
    store = CallStore(DATABASE)
    await store.open()
    campaigns = CampaignStore(store.engine)
    await campaigns.create(campaign(state=state), people(3), NOON)
    first, second = await campaigns.take(NAME, 2, NOON)
    await campaigns.settle({first: Ended("answered-human", "CA1"), second: Ended("busy", "CA2")}, NOON)
    await store.close()


@pytest.fixture
def kept(trunkline: CommandLine) -> CommandLine:
    asyncio.run(keep(State.RUNNING))
    return trunkline


def test_status_shows_how_far_it_is(kept: CommandLine) -> None:
    ran = kept("campaign", "status", NAME)
    assert ran.code == 0
    assert "recall  running  line desk" in ran.out
    assert "1 of 3 done (33%)" in ran.out
    assert "answered-human 1   busy 1" in ran.out
    assert "0 being called, 1 to be called again, 2 attempts" in ran.out
    assert kept("campaign", "status").out == ran.out


def test_status_speaks_json(kept: CommandLine) -> None:
    (found,) = json.loads(kept("campaign", "status", "--json").out)
    assert (found["campaign"], found["state"], found["contacts"], found["done"]) == (NAME, "running", 3, 1)
    assert found["outcomes"] == {"answered-human": 1, "busy": 1}


def test_a_campaign_that_is_none_is_named(trunkline: CommandLine) -> None:
    for order in ("status", "pause", "export", "delete"):
        ran = trunkline("campaign", order, "none")
        assert ran.code == 1
        assert "no campaign is called 'none'; `trunkline campaign list` has all" in ran.err


def test_watching_ends_with_the_campaign(trunkline: CommandLine) -> None:
    asyncio.run(keep(State.DONE))
    ran = trunkline("campaign", "status", NAME, "--watch")
    assert ran.out == "recall: 1 of 3 done, 0 being called; answered-human 1, busy 1\n"


def test_a_running_campaign_can_be_paused_once(kept: CommandLine) -> None:
    assert "Paused: no call is live" in kept("campaign", "pause", NAME).out
    assert "is paused; only a running one can be paused" in kept("campaign", "pause", NAME).err


def test_an_export_has_a_row_for_each_contact(kept: CommandLine) -> None:
    rows = list(csv.DictReader(StringIO(kept("campaign", "export", NAME).out)))
    assert [(row["name"], row["attempts"], row["outcome"], row["call_sids"]) for row in rows] == [
        ("Person 0", "1", "answered-human", "CA1"),
        ("Person 1", "1", "busy", "CA2"),
        ("Person 2", "0", "", ""),
    ]
    assert [row["number"] for row in rows] == [one.number for one in people(3)]
    assert rows[1]["next_at"] == "2024-03-04T12:10:00+00:00"


def test_an_export_goes_into_a_file(kept: CommandLine) -> None:
    assert "3 contacts in recall.csv" in kept("campaign", "export", NAME, "--out", "recall.csv").out
    assert Path("recall.csv").read_text().count("\n") == 4
    assert "No such file" in kept("campaign", "export", NAME, "--out", "none/recall.csv").err


def test_only_a_campaign_that_stands_still_is_deleted(kept: CommandLine) -> None:
    assert "still calls; pause it" in kept("campaign", "delete", NAME).err
    kept("campaign", "pause", NAME)
    assert kept("campaign", "delete", NAME).code == 0
    assert "No campaigns yet" in kept("campaign", "status").out
