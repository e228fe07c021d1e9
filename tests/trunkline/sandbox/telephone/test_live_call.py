"""What the carrier does with a call."""

import asyncio

import pytest

from tests.trunkline.sandbox.customer import Customer, twiml
from tests.trunkline.sandbox.telephone.lines import codes, world
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.faults import SOUND
from trunkline.sandbox.telephone.interruption import CallOver, Replaced
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Answered, Ended, WebhookSent
from trunkline.sandbox.telephone.twiml import Inline
from trunkline.sandbox.telephone.webhooks import Ask


async def test_the_end_is_told_once_and_waited_for() -> None:
    async def slow(_: object) -> str:
        await asyncio.sleep(5)
        return ""

    async with world(pages={"/voice": twiml("<Say>x</Say>"), "/status": slow}) as there:
        phone = await there.call(status_callback=there.customer.url("/status"))
        await phone.ended()
        phone.over("failed")
        assert phone.log.of(Ended)[0].at < there.now - 4.9
        (asked,) = there.customer.asked("/status")
        assert asked.form["CallStatus"] == "completed"
        assert asked.form["CallDuration"] == "1"
        assert asked.form["SequenceNumber"] == "0"
        assert asked.form["CallbackSource"] == "call-progress-events"


async def test_a_status_callback_that_fails_is_only_noted() -> None:
    async with world(pages={"/voice": twiml("<Hangup/>")}) as there:
        phone = await there.through(status_callback="http://127.0.0.1:1/status")
        assert (phone.status, codes(phone)) == ("completed", [11205])


async def test_a_call_is_answered_once_and_not_after_its_end() -> None:
    async with world(pages={"/voice": twiml("<Pause length='9'/>")}) as there:
        phone = await there.call()
        phone.answer()
        phone.answer()
        assert len(phone.log.of(Answered)) == 1
        other = await there.call()
        await other.hang_up()
        other.answer()
        assert other.log.of(Answered) == []


async def test_interruptions_reach_what_is_live() -> None:
    async with world() as there:
        phone = Phone(
            there.carrier._exchange, there.carrier._resource("+1", "+2", "inbound", {}), None, SOUND
        )
        phone.replace(Inline(""))
        with pytest.raises(Replaced):
            await phone.live(asyncio.sleep(1))
        await phone.to_the_end(asyncio.sleep(1))
        phone.over("completed")
        with pytest.raises(CallOver):
            await phone.live(asyncio.sleep(1))


async def test_what_ends_with_a_call_has_a_say_in_its_status() -> None:
    async with world(pages={"/voice": twiml("<Hangup/>"), "/status": ""}) as there:
        phone = await there.call(status_callback=there.customer.url("/status"))
        phone.closing.append(lambda: {"RecordingSid": "RE1"})
        await phone.ended()
        assert there.customer.asked("/status")[0].form["RecordingSid"] == "RE1"


async def test_keys_go_to_whoever_waits_for_them() -> None:
    async with world() as there:
        phone = await there.call()
        phone.press_key("1")
        with phone.keys() as outer:
            phone.press_key("2")
            with phone.keys() as inner:
                phone.press_key("3")
            phone.press_key("4")
        phone.press_key("5")
        assert [outer.get_nowait(), outer.get_nowait(), inner.get_nowait()] == ["2", "4", "3"]
        assert outer.empty()


async def test_a_carrier_that_closes_breaks_its_calls_off() -> None:
    async with Customer() as customer:
        customer.pages["/voice"] = twiml(customer.connect())
        async with Carrier() as carrier:
            phone = await carrier.call(customer.url("/voice"), to="+15550100")
            media = await customer.stream()
        await media.until(lambda media: media.closed_with is not None)
        assert media.closed_with == 1006
        assert phone.log.of(Ended) == []


async def test_webhooks_are_noted_with_their_reason() -> None:
    async with world(pages={"/voice": twiml("<Hangup/>"), "/other": ""}) as there:
        phone = await there.through()
        await phone.deliver(Ask("stream", there.customer.url("/other"), {"a": "b"}))
        assert [record.why for record in phone.log.of(WebhookSent)] == ["voice", "stream"]
