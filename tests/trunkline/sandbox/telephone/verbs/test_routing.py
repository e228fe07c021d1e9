"""Verbs that say where the call goes."""

import asyncio

import pytest

from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import said, verbs, world
from trunkline.sandbox.telephone.records import Answered


async def test_redirect_asks_another_page_relative_to_this_one() -> None:
    pages: dict[str, Reply] = {
        "/a/voice": twiml('<Redirect method="GET">b?x=1&amp;y=2</Redirect>', "<Say>never</Say>"),
        "/a/b": twiml("<Say>there</Say>"),
    }
    async with world(pages=pages) as there:
        phone = await there.call("/a/voice")
        await phone.ended()
        (asked,) = there.customer.asked("/a/b")
        assert (asked.method, asked.query["x"], asked.query["y"]) == ("GET", "1", "2")
        assert asked.query["CallStatus"] == "ringing"
        assert said(phone) == ["there"]


async def test_hangup_ends_the_call() -> None:
    async with world(pages={"/voice": twiml("<Hangup/>", "<Say>never</Say>")}) as there:
        phone = await there.through()
        assert (phone.status, verbs(phone)) == ("completed", ["Hangup"])


@pytest.mark.parametrize(("attributes", "status"), [("", "no-answer"), ('reason="busy"', "busy")])
async def test_reject_as_the_first_verb_does_not_answer(attributes: str, status: str) -> None:
    async with world(pages={"/voice": twiml(f"<Reject {attributes}/>")}) as there:
        phone = await there.through()
        assert (phone.status, phone.log.of(Answered), phone.heard) == (status, [], b"")


async def test_reject_is_too_late_after_another_verb() -> None:
    async with world(pages={"/voice": twiml("<Say>a</Say>", "<Reject/>", "<Say>never</Say>")}) as there:
        phone = await there.through()
        assert (phone.status, said(phone)) == ("completed", ["a"])


async def test_enqueue_waits_until_the_caller_gives_up() -> None:
    async with world(pages={"/voice": twiml('<Enqueue action="/left">support</Enqueue>')}) as there:
        phone = await there.call()
        await asyncio.sleep(60)
        await phone.hang_up()
        await phone.ended()
        (asked,) = there.customer.asked("/left")
        assert (asked.form["QueueResult"], asked.form["QueueTime"]) == ("hangup", "60")
        assert asked.form["CallStatus"] == "completed"
