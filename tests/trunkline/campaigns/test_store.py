"""What is kept of campaigns: each step once, whoever makes it and however often."""

from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from tests.trunkline.campaigns.people import NAME, NOON, Clock, campaign, kept, number, opened, people
from trunkline.campaigns.campaign import State, attempt_id
from trunkline.campaigns.dials import Ended
from trunkline.campaigns.figures import figures, results
from trunkline.campaigns.models import AttemptRow
from trunkline.campaigns.retries import LOST, POSTPONED
from trunkline.campaigns.store import CampaignStore
from trunkline.errors import CampaignError


async def test_a_campaign_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        campaigns = CampaignStore(store.engine)
        await campaigns.create(campaign(file="desk.py"), people(3), NOON)
        with pytest.raises(CampaignError, match="there is a campaign 'recall'"):
            await campaigns.create(campaign(line="shop"), people(5), NOON)
        with pytest.raises(CampaignError):
            await campaigns.create(campaign(name="other"), [*people(2), *people(2)], NOON)
        assert [one.name for one in await campaigns.campaigns()] == [NAME]
        found = await campaigns.campaign(NAME)
        assert found is not None
        assert (found.line, found.file, found.state) == ("desk", "desk.py", State.RUNNING)
        assert (found.pacing, found.retries) == (campaign().pacing, campaign().retries)
        assert (await figures(store.engine, NAME, NOON)).contacts == 3


async def test_contacts_are_taken_in_order_and_once(tmp_path: Path) -> None:
    async with kept(tmp_path, 3) as store:
        first = await store.take(NAME, 2, NOON)
        assert list(first) == [attempt_id(NAME, 1, 1), attempt_id(NAME, 2, 1)]
        assert list(await store.take(NAME, 9, NOON)) == [attempt_id(NAME, 3, 1)]
        assert list(await store.take(NAME, 9, NOON)) == []
        due = await store.due(first[0])
        assert due is not None
        assert (due.number, due.data, due.line) == (number(0), {"name": "Person 0"}, "desk")


async def test_the_database_itself_refuses_a_second_live_attempt(tmp_path: Path) -> None:
    async with kept(tmp_path, 1) as store:
        await store.take(NAME, 1, NOON)
        row = {"contact": 1, "campaign": NAME, "n": 2, "live": 1, "begun_at": NOON, "reason": ""}
        with pytest.raises(IntegrityError):
            async with store._engine.begin() as connection:
                await connection.execute(insert(AttemptRow).values(id="f" * 32, **row))


async def test_an_outcome_decides_what_becomes_of_a_contact(tmp_path: Path) -> None:
    clock = Clock()
    async with kept(tmp_path, 3) as store:
        busy, nobody, reached = await store.take(NAME, 3, clock())
        clock.move(seconds=30)
        ended = {
            busy: Ended("busy", "CA1"),
            nobody: Ended("no-answer", "CA2"),
            reached: Ended("answered-human", "CA3"),
        }
        await store.settle(ended, clock())
        assert await store.live() == {}
        clock.move(minutes=9)
        assert list(await store.take(NAME, 9, clock())) == []
        clock.move(minutes=1)
        assert list(await store.take(NAME, 9, clock())) == [attempt_id(NAME, 1, 2)]
        clock.move(hours=2)
        assert list(await store.take(NAME, 9, clock())) == [attempt_id(NAME, 2, 2)]
        assert not await store.finish(NAME, clock())


async def test_an_attempt_is_settled_once(tmp_path: Path) -> None:
    clock = Clock()
    async with kept(tmp_path, 1) as store:
        (first,) = await store.take(NAME, 1, clock())
        await store.settle({first: Ended("busy")}, clock())
        await store.settle({first: Ended("answered-human")}, clock())
        clock.move(minutes=10)
        (second,) = await store.take(NAME, 1, clock())
        await store.settle({first: Ended("answered-human")}, clock())
        assert list(await store.live()) == [second]
        assert await store.due(first) is None
        assert (await figures(store._engine, NAME, clock())).outcomes == {"busy": 1}


async def test_a_contact_is_given_up_at_the_bound_and_the_campaign_done(tmp_path: Path) -> None:
    clock = Clock()
    async with kept(tmp_path, 1) as store:
        for outcome in ("busy", "no-answer", "busy"):
            (attempt,) = await store.take(NAME, 1, clock())
            await store.settle({attempt: Ended(outcome)}, clock())
            clock.move(days=1)
        assert list(await store.take(NAME, 1, clock())) == []
        assert await store.finish(NAME, clock())
        assert not await store.finish(NAME, clock())
        found = await store.campaign(NAME)
        assert found is not None
        assert found.state is State.DONE


async def test_what_was_postponed_or_lost_does_not_count(tmp_path: Path) -> None:
    clock = Clock()
    async with kept(tmp_path, 1) as store:
        (attempt,) = await store.take(NAME, 1, clock())
        opening = NOON.replace(hour=20)
        await store.settle({attempt: Ended(POSTPONED, again_at=opening)}, clock())
        clock.move(hours=7)
        assert list(await store.take(NAME, 1, clock())) == []
        clock.move(hours=1)
        (attempt,) = await store.take(NAME, 1, clock())
        await store.settle({attempt: Ended(LOST)}, clock())
        clock.move(minutes=1)
        (attempt,) = await store.take(NAME, 1, clock())
        await store.settle({attempt: Ended("answered-human", "CA1")}, clock())
        (result,) = [one async for one in results(store._engine, NAME)]
        assert (result.attempts, result.outcome, result.sids) == (1, "answered-human", ("CA1",))


async def test_pause_and_resume_say_whether_they_did(tmp_path: Path) -> None:
    async with kept(tmp_path, 1) as store:
        assert await store.pause(NAME, "no money")
        assert not await store.pause(NAME)
        found = await store.campaign(NAME)
        assert found is not None
        assert (found.state, found.reason) == (State.PAUSED, "no money")
        assert await store.resume(NAME)
        assert not await store.resume(NAME)
        found = await store.campaign(NAME)
        assert found is not None
        assert (found.state, found.reason) == (State.RUNNING, "")
        assert not await store.pause("other")


async def test_contacts_can_be_put_off(tmp_path: Path) -> None:
    async with kept(tmp_path, 2) as store:
        assert [contact for contact, _ in await store.waiting(NAME, 9, NOON)] == [1, 2]
        await store.postpone({1: NOON.replace(hour=13)})
        assert [contact for contact, _ in await store.waiting(NAME, 9, NOON)] == [2]


async def test_nothing_is_left_of_a_campaign_that_is_deleted(tmp_path: Path) -> None:
    async with kept(tmp_path, 2) as store:
        await store.take(NAME, 1, NOON)
        await store.forget(NAME)
        assert list(await store.campaigns()) == []
        assert await store.live() == {}
        assert [one async for one in results(store._engine, NAME)] == []
