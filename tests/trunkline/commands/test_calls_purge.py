"""``trunkline calls purge``: what it asks, what it says, what is left."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trunkline.campaigns.people import NOON, campaign, number, people
from tests.trunkline.conftest import CommandLine
from trunkline.calls.store import CallStore
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.store import CampaignStore
from trunkline.life import COMPLETED
from trunkline.records import Facts, Turn

DATABASE = "sqlite+aiosqlite:///trunkline.db"
CALLER = "+14155550123"


async def keep() -> None:
    store = CallStore(DATABASE)
    await store.open()
    for sid, name in (("CAa1", "desk"), ("CAb2", "shop")):
        line: Any = SimpleNamespace(name=name)
        store.begin(Facts(sid, CALLER, "+15550100"), line)
        store.turn(sid, Turn(1, "my secret", "your secret"))
        store.end(sid, COMPLETED)
    store.note("CAb2", voicemail="https://carrier/1")
    await store.close()


@pytest.fixture
def kept(trunkline: CommandLine) -> CommandLine:
    asyncio.run(keep())
    return trunkline


def words(trunkline: CommandLine, sid: str) -> str:
    return str(json.loads(trunkline("calls", "show", sid, "--json").out)["transcript"][0]["caller"])


def test_one_call_is_purged_and_says_so(kept: CommandLine) -> None:
    ran = kept("calls", "purge", "CAa", "--yes")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "1 call purged."
    assert words(kept, "CAa1") == ""
    assert words(kept, "CAb2") == "my secret"
    assert "deleted on" in kept("calls", "show", "CAa1").out


def test_a_dry_run_deletes_nothing(kept: CommandLine) -> None:
    ran = kept("calls", "purge", "--line", "desk", "--dry-run")
    assert ran.out.startswith("1 call of desk, ")
    assert words(kept, "CAa1") == "my secret"


def test_nobody_to_ask_is_an_error(kept: CommandLine) -> None:
    ran = kept("calls", "purge", "--caller", CALLER)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert words(kept, "CAa1") == "my secret"


def test_who_is_asked_may_refuse(kept: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.commands.calls_purge._agrees", lambda: False)
    assert kept("calls", "purge", "CAa").code == 1
    assert words(kept, "CAa1") == "my secret"


def test_all_deletes_the_call_and_tells_of_what_the_carrier_keeps(kept: CommandLine) -> None:
    ran = kept("calls", "purge", "--older-than", "0h", "--all", "--yes")
    assert "2 calls purged." in ran.out
    assert "1 of them left a message with the carrier" in ran.out
    assert json.loads(kept("calls", "--json").out) == []


async def call_everybody() -> None:
    """A campaign that is done, and one that goes on, of the same two people."""
    store = CallStore(DATABASE)
    await store.open()
    campaigns = CampaignStore(store.engine)
    for name in ("done", "live"):
        await campaigns.create(campaign(name=name, line="desk"), people(2), NOON)
    ended = dict.fromkeys(await campaigns.take("done", 2, NOON), Ended("voicemail-left"))
    await campaigns.settle(ended, NOON)
    await campaigns.finish("done", NOON)
    await store.close()


def test_contacts_of_campaigns_that_are_done_go_with_the_calls(trunkline: CommandLine) -> None:
    asyncio.run(call_everybody())
    told = "1 contact of campaigns that are done: numbers and data"
    assert told in trunkline("calls", "purge", "--caller", number(1), "--dry-run").out
    ran = trunkline("calls", "purge", "--caller", number(1), "--yes")
    assert "1 contact of campaigns that go on: kept." in ran.out
    assert ran.out.splitlines()[-1] == "0 calls and 1 contact purged."
    rows = trunkline("campaign", "export", "done").out.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [number(0), ""]
    assert number(1) in trunkline("campaign", "export", "live").out
    assert "2 contacts purged." in trunkline("calls", "purge", "--line", "desk", "--all", "--yes").out


def test_nothing_to_purge_is_no_failure(kept: CommandLine) -> None:
    ran = kept("calls", "purge", "--older-than", "30d")
    assert (ran.code, ran.out[:16]) == (0, "No call to purge")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "which calls?"),
        (["--before", "yesterday"], "2026-01-31"),
        (["--older-than", "30"], "30d, 12h or 8w"),
        (["--older-than", "30d", "--before", "2026-01-31"], "give one"),
    ],
)
def test_what_does_not_say_which_calls_is_refused(
    trunkline: CommandLine, arguments: list[str], told: str
) -> None:
    ran = trunkline("calls", "purge", *arguments)
    assert ran.code == 2
    assert told in ran.err


def test_its_help_is_its_own(trunkline: CommandLine) -> None:
    assert "--older-than" in trunkline("calls", "purge", "--help").out
    assert "--older-than" not in trunkline("calls", "--help").out.replace("calls purge --older-than", "")
