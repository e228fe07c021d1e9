"""Calls that the customer makes."""

import asyncio
from typing import Any

import pytest

from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import World, codes, said, world
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.outbound import Detection, Order
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Answered, Said
from trunkline.sandbox.telephone.script import Fallback
from trunkline.sandbox.telephone.status import EVENTS, StatusCallback

NUMBER = "+15550123"

PAGES: dict[str, Reply] = {"/voice": twiml("<Say>hello</Say>"), "/status": "", "/amd": ""}


async def place(there: World, *, events: frozenset[str] = frozenset(), **order: Any) -> Phone:
    order = {"url": there.customer.url("/voice"), **order}
    status = StatusCallback(there.customer.url("/status"), events=events)
    return there.carrier.place(NUMBER, "+15550100", Order(**order), status)


def statuses(there: World) -> list[tuple[str, str]]:
    return [
        (asked.form["SequenceNumber"], asked.form["CallStatus"]) for asked in there.customer.asked("/status")
    ]


async def test_a_call_rings_is_answered_and_follows_its_document() -> None:
    async with world(pages=PAGES) as there:
        phone = await place(there, events=frozenset(EVENTS))
        assert phone.status == "queued"
        await phone.ended()
        assert (await phone.until(Answered)).at == 2
        (asked,) = there.customer.asked("/voice")
        assert (asked.form["CallStatus"], asked.form["Direction"]) == ("in-progress", "outbound-api")
        assert said(phone) == ["hello"]
        assert statuses(there) == [
            ("0", "initiated"),
            ("1", "ringing"),
            ("2", "in-progress"),
            ("3", "completed"),
        ]


@pytest.mark.parametrize(
    ("callee", "status"),
    [
        (Callee(outcome="busy"), "busy"),
        (Callee(outcome="no-answer"), "no-answer"),
        (Callee(outcome="failed"), "failed"),
    ],
)
async def test_a_call_that_is_not_answered_asks_for_no_document(callee: Callee, status: str) -> None:
    async with world(pages=PAGES, callees={NUMBER: callee}) as there:
        phone = await place(there, events=frozenset({"completed"}))
        await phone.ended()
        assert there.customer.asked("/voice") == []
        assert statuses(there) == [("0", status)]


async def test_twiml_may_come_with_the_order() -> None:
    async with world() as there:
        phone = await place(there, url="", twiml=twiml("<Say>inline</Say>"))
        await phone.ended()
        assert said(phone) == ["inline"]


async def test_a_document_that_cannot_be_had_has_a_fallback() -> None:
    async with world(pages={"/voice": "oops", "/fallback": twiml("<Say>sorry</Say>")}) as there:
        phone = await place(there, fallback=Fallback(there.customer.url("/fallback")))
        await phone.ended()
        assert said(phone) == ["sorry"]


async def test_time_is_limited() -> None:
    async with world() as there:
        phone = await place(there, url="", twiml=twiml("<Pause length='100'/>"), time_limit=10)
        await phone.ended()
        assert there.now == 12


async def test_keys_are_sent_before_anything_else() -> None:
    async with world(pages=PAGES) as there:
        phone = await place(there, send_digits="ww1", detection=Detection())
        said_at = (await phone.until(Said)).at
        assert said_at == pytest.approx(2 + 1.1)
        assert "AnsweredBy" not in there.customer.asked("/voice")[0].form


@pytest.mark.parametrize(
    ("who", "until", "found"),
    [
        ("human", "start", "human"),
        ("machine", "start", "machine_start"),
        ("machine", "message-end", "machine_end_beep"),
        ("fax", "start", "fax"),
        ("unknown", "message-end", "unknown"),
    ],
)
async def test_detection_holds_the_document_up_and_tells_it(who: Any, until: Any, found: str) -> None:
    async with world(pages=PAGES, callees={NUMBER: Callee(who=who, detection=3.5)}) as there:
        phone = await place(there, detection=Detection(until))
        await phone.until(Said)
        (asked,) = there.customer.asked("/voice")
        assert (asked.form["AnsweredBy"], asked.form["MachineDetectionDuration"]) == (found, "3500")
        assert there.now == pytest.approx(5.5)
        assert phone.call.as_json()["answered_by"] == found


async def test_asynchronous_detection_holds_nothing_up_and_tells_later() -> None:
    async with world(pages=PAGES, callees={NUMBER: Callee(who="machine", stays=10)}) as there:
        detection = Detection(is_async=True, callback=there.customer.url("/amd"))
        phone = await place(
            there, url="", twiml=twiml("<Say>hi</Say>", "<Pause length='9'/>"), detection=detection
        )
        assert (await phone.until(Said)).at == 2
        await phone.ended()
        (told,) = there.customer.asked("/amd")
        assert told.form == {
            "AccountSid": there.carrier.account_sid,
            "CallSid": phone.sid,
            "AnsweredBy": "machine_start",
            "MachineDetectionDuration": "4000",
        }


async def test_asynchronous_detection_without_a_callback_is_a_warning() -> None:
    async with world(pages=PAGES) as there:
        phone = await place(there, detection=Detection(is_async=True))
        await phone.ended()
        assert codes(phone) == [21262]


async def test_a_call_can_be_recorded_from_the_answer() -> None:
    async with world(pages={**PAGES, "/recorded": ""}) as there:
        callback = there.customer.url("/recorded")
        phone = await place(
            there,
            events=frozenset({"completed"}),
            record=True,
            recording={"channels": "dual", "callback": callback},
        )
        await phone.ended()
        (told,) = there.customer.asked("/recorded")
        assert (told.form["RecordingChannels"], told.form["RecordingSource"]) == ("2", "OutboundAPI")
        assert there.customer.asked("/status")[0].form["RecordingSid"] == told.form["RecordingSid"]


async def test_a_call_that_is_hung_up_in_the_queue_never_rings() -> None:
    async with world(pages=PAGES, calls_per_second=1) as there:
        first, second = await place(there), await place(there)
        await asyncio.sleep(0.5)
        assert (first.status, second.status) == ("ringing", "queued")
        second.over("canceled")
        await second.ended()
        assert second.log.of(Answered) == []
        await first.ended()
        assert first.status == "completed"
