"""Calls over REST, as twilio-python makes and changes them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]

from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.customer_client import QUIET, client
from tests.trunkline.sandbox.telephone.lines import World, said, world
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.numbers import Number
from trunkline.sandbox.telephone.records import Played, StreamStopped

pytestmark = QUIET

OURS, THEIRS = "+15550100", "+15550123"

PAGES: dict[str, Reply] = {
    "/voice": twiml("<Say>hello</Say>", "<Pause length='60'/>"),
    "/status": "",
    "/amd": "",
}


@asynccontextmanager
async def account(**carrier: Any) -> AsyncIterator[tuple[World, Any]]:
    async with world(pages=PAGES, **carrier) as there, client(there.carrier) as twilio:
        yield there, twilio


async def refused(work: Any) -> tuple[int, int]:
    """Status and code of an error."""
    with pytest.raises(TwilioRestException) as caught:
        await work
    return caught.value.status, caught.value.code


async def test_a_call_is_created_and_followed_to_its_end() -> None:
    async with account() as (there, twilio):
        call = await twilio.calls.create_async(
            to=THEIRS,
            from_=OURS,
            url=there.customer.url("/voice"),
            status_callback=there.customer.url("/status"),
            status_callback_event=["initiated", "ringing", "answered", "completed"],
        )
        assert (call.status, call.direction, call.to, call._from) == ("queued", "outbound-api", THEIRS, OURS)
        phone = await there.carrier.callee(THEIRS)
        assert phone.sid == call.sid
        await asyncio.sleep(1)
        assert (await call.fetch_async()).status == "ringing"
        await phone.answered()
        assert (await call.fetch_async()).status == "in-progress"
        await phone.hang_up()
        await phone.ended()
        over = await call.fetch_async()
        assert (over.status, over.duration) == ("completed", "0")
        told = [asked.form["CallStatus"] for asked in there.customer.asked("/status")]
        assert told == ["initiated", "ringing", "in-progress", "completed"]


async def test_all_that_can_be_asked_for_is_understood() -> None:
    async with account(callees={THEIRS: Callee(who="machine", stays=8)}) as (there, twilio):
        await twilio.calls.create_async(
            to=THEIRS,
            from_=OURS,
            twiml=twiml("<Pause length='60'/>"),
            timeout=20,
            time_limit=600,
            record=True,
            recording_channels="dual",
            machine_detection="DetectMessageEnd",
            async_amd="true",
            async_amd_status_callback=there.customer.url("/amd"),
        )
        phone = await there.carrier.callee(THEIRS)
        await phone.ended()
        assert there.now == 10
        (told,) = there.customer.asked("/amd")
        assert told.form["AnsweredBy"] == "machine_end_beep"
        (recording,) = await twilio.calls(phone.sid).recordings.list_async()
        assert (recording.source, recording.channels, recording.duration) == ("OutboundAPI", 2, "8")


async def test_keys_may_be_sent_first() -> None:
    async with account() as (there, twilio):
        await twilio.calls.create_async(to=THEIRS, from_=OURS, twiml=twiml("<Hangup/>"), send_digits="ww12")
        phone = await there.carrier.callee(THEIRS)
        await phone.ended()
        assert phone.log.of(Played)[0].digits == "ww12"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"to": "5550123", "twiml": "<Response/>"}, 21211),
        ({"to": "nobody", "twiml": "<Response/>"}, 21211),
        ({"to": "", "twiml": "<Response/>"}, 21201),
        ({"from_": "", "twiml": "<Response/>"}, 21213),
        ({}, 21205),
        ({"url": "voice"}, 21205),
        ({"twiml": "x" * 4001}, 20001),
    ],
)
async def test_a_wrong_order_is_refused(order: dict[str, str], code: int) -> None:
    async with account() as (there, twilio):
        order = {"to": THEIRS, "from_": OURS, **order}
        assert await refused(twilio.calls.create_async(**order)) == (400, code)
        assert there.carrier.phones == {}


async def test_a_timeout_that_is_no_number_is_refused() -> None:
    async with account() as (there, _), aiohttp.ClientSession() as session:
        carrier = there.carrier
        url = f"{carrier.base_url}/2010-04-01/Accounts/{carrier.account_sid}/Calls.json"
        form = {"To": THEIRS, "From": OURS, "Twiml": "<Response/>", "Timeout": "soon"}
        headers = {"Authorization": aiohttp.encode_basic_auth(carrier.account_sid, carrier.auth_token)}
        async with session.post(url, data=form, headers=headers) as response:
            assert response.status == 400
            assert (await response.json())["code"] == 20001


async def test_calls_come_from_numbers_of_the_account() -> None:
    async with account(numbers=[Number(phone_number=OURS)]) as (_, twilio):
        await twilio.calls.create_async(to=THEIRS, from_=OURS, twiml=twiml("<Hangup/>"))
        order = twilio.calls.create_async(to=THEIRS, from_=THEIRS, twiml="<Response/>")
        assert await refused(order) == (400, 21210)


async def test_a_call_can_be_ended() -> None:
    async with account() as (there, twilio):
        phone = await there.call()
        await phone.answered()
        await asyncio.sleep(1.5)
        call = await twilio.calls(phone.sid).update_async(status="completed")
        assert (call.status, call.duration) == ("completed", "2")
        await phone.ended()
        assert phone.status == "completed"


async def test_a_call_that_rings_can_be_canceled_and_one_that_was_answered_cannot() -> None:
    async with account() as (there, twilio):
        ringing = await twilio.calls.create_async(to=THEIRS, from_=OURS, url=there.customer.url("/voice"))
        assert (await ringing.update_async(status="canceled")).status == "canceled"
        phone = await there.call()
        await phone.answered()
        assert (await twilio.calls(phone.sid).update_async(status="canceled")).status == "in-progress"


async def test_a_call_can_be_given_another_document_which_ends_its_stream() -> None:
    async with account() as (there, twilio):
        there.customer.pages["/voice"] = twiml(there.customer.connect())
        phone = await there.call()
        media = await there.customer.stream()
        await media.play(b"\x10" * 80_000)
        await asyncio.sleep(1)
        document = twiml("<Say>transferring</Say>", "<Hangup/>")
        assert (await twilio.calls(phone.sid).update_async(twiml=document)).status == "in-progress"
        await phone.ended()
        assert media.messages[-1]["event"] == "stop"
        assert (await phone.until(StreamStopped)).by == "carrier"
        assert said(phone) == ["transferring"]
        assert phone.heard[:8000].strip(SILENCE) == b"\x10" * 8000
        assert there.customer.asked("/next") == []


async def test_a_call_can_be_sent_to_another_url() -> None:
    async with account() as (there, twilio):
        there.customer.pages["/other"] = twiml("<Say>other</Say>")
        phone = await there.call()
        await phone.answered()
        url = there.customer.url("/other")
        await twilio.calls(phone.sid).update_async(
            url=url, method="GET", status_callback=there.customer.url("/status")
        )
        await phone.ended()
        (asked,) = there.customer.asked("/other")
        assert (asked.method, asked.query["CallStatus"]) == ("GET", "in-progress")
        assert there.customer.asked("/status")[0].form["CallStatus"] == "completed"


async def test_a_call_that_is_over_cannot_be_changed() -> None:
    async with account() as (there, twilio):
        there.customer.pages["/voice"] = twiml("<Hangup/>")
        phone = await there.through()
        for change in ({"status": "completed"}, {"twiml": "<Response/>"}, {"url": "http://h/"}):
            assert await refused(twilio.calls(phone.sid).update_async(**change)) == (400, 21220)


async def test_a_call_that_rings_cannot_be_redirected() -> None:
    async with account() as (there, twilio):
        there.customer.pages["/voice"] = twiml("<Pause length='9'/>", "<Say>x</Say>")
        phone = await there.call()
        assert await refused(twilio.calls(phone.sid).update_async(twiml="<Response/>")) == (400, 21220)


async def test_a_change_that_makes_no_sense_is_refused() -> None:
    async with account() as (there, twilio):
        phone = await there.call()
        await phone.answered()
        update = twilio.calls(phone.sid).update_async
        assert await refused(update(status="paused")) == (400, 20001)
        assert await refused(update(url="nowhere")) == (400, 21205)
        assert (await update(method="GET")).status == "in-progress"


async def test_a_call_that_never_was_is_20404() -> None:
    async with account() as (_, twilio):
        assert await refused(twilio.calls("CA" + "0" * 32).fetch_async()) == (404, 20404)
        assert await refused(twilio.calls("CA" + "0" * 32).update_async(status="completed")) == (404, 20404)


async def test_calls_are_listed_newest_first() -> None:
    async with account() as (there, twilio):
        first, second = await there.call(), await there.call(to="+15550101")
        await second.hang_up()
        calls = await twilio.calls.list_async()
        assert [call.sid for call in calls] == [second.sid, first.sid]
        assert [call.sid for call in await twilio.calls.list_async(status="no-answer")] == [second.sid]
        assert [call.sid for call in await twilio.calls.list_async(to="+15550100")] == [first.sid]
        assert len(await twilio.calls.list_async(limit=2, page_size=1)) == 2
