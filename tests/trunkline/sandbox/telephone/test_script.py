"""A call follows its documents."""

import asyncio

import pytest
from aiohttp import web

from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Reply, Webhook, twiml
from tests.trunkline.sandbox.telephone.lines import codes, said, verbs, world
from trunkline.sandbox.telephone.records import Answered, Ended, WebhookAnswered
from trunkline.sandbox.telephone.script import APPLICATION_ERROR
from trunkline.sandbox.telephone.twiml import Inline
from trunkline.sandbox.telephone.webhooks import Ask


async def test_verbs_run_in_order_and_then_the_call_is_over() -> None:
    async with world(pages={"/voice": twiml("<Say>one</Say>", "<Pause/>", "<Say>two</Say>")}) as there:
        phone = await there.through()
        assert said(phone) == ["one", "two"]
        assert verbs(phone) == ["Say", "Pause", "Say"]
        assert phone.status == "completed"


async def test_the_voice_url_is_asked_as_by_twilio() -> None:
    async with world(pages={"/voice": twiml("<Hangup/>")}) as there:
        phone = await there.through(from_="anonymous", ForwardedFrom="+15550123")
        (asked,) = there.customer.webhooks
        assert asked.form["CallSid"] == phone.sid
        assert (asked.form["From"], asked.form["To"]) == ("anonymous", "+15550100")
        assert (asked.form["CallStatus"], asked.form["Direction"]) == ("ringing", "inbound")
        assert asked.form["ForwardedFrom"] == "+15550123"


async def test_an_unknown_verb_is_skipped_with_a_warning() -> None:
    async with world(pages={"/voice": twiml("<Sing>la</Sing>", "<Say>on</Say>")}) as there:
        phone = await there.through()
        assert (said(phone), codes(phone)) == (["on"], [12200])


async def test_an_empty_document_ends_the_call() -> None:
    async with world(pages={"/voice": twiml()}) as there:
        phone = await there.through()
        assert (phone.status, codes(phone)) == ("completed", [])


async def test_no_content_is_a_document_without_verbs() -> None:
    async with world(pages={"/voice": web.Response(status=204)}) as there:
        phone = await there.through()
        assert (phone.status, codes(phone)) == ("completed", [])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (web.Response(status=500), 11200),
        (web.Response(text="<Response/>", content_type="text/plain"), 12300),
        (web.Response(text="{}", content_type="application/json"), 12300),
        (web.Response(text="<Response>", content_type="text/xml"), 12100),
    ],
)
async def test_without_a_document_the_caller_hears_an_apology_and_the_call_fails(
    answer: web.Response, code: int
) -> None:
    async with world(pages={"/voice": answer}, voice=lambda _: b"\x10" * 800) as there:
        phone = await there.through()
        assert codes(phone) == [code]
        assert said(phone) == [APPLICATION_ERROR]
        assert phone.heard == b"\x10" * 800
        assert phone.status == "failed"


async def test_the_fallback_is_asked_with_what_went_wrong() -> None:
    pages: dict[str, Reply] = {"/voice": web.Response(status=404), "/fallback": twiml("<Say>sorry</Say>")}
    async with world(pages=pages) as there:
        phone = await there.through(fallback_url=there.customer.url("/fallback"))
        (asked,) = there.customer.asked("/fallback")
        assert asked.form["ErrorCode"] == "11200"
        assert asked.form["ErrorUrl"] == there.customer.url("/voice")
        assert asked.form["CallSid"] == phone.sid
        assert (said(phone), phone.status) == (["sorry"], "completed")


async def test_a_fallback_that_fails_too_is_the_end() -> None:
    pages: dict[str, Reply] = {"/voice": web.Response(status=404), "/fallback": "not xml"}
    async with world(pages=pages) as there:
        phone = await there.through(fallback_url=there.customer.url("/fallback"))
        assert (codes(phone), phone.status) == ([11200, 12100], "failed")


async def test_a_slow_customer_is_given_up_and_the_fallback_asked() -> None:
    async def slow(_: Webhook) -> str:
        await asyncio.sleep(16)
        return twiml()

    pages: dict[str, Reply] = {"/voice": slow, "/fallback": twiml("<Hangup/>")}
    async with world(pages=pages) as there:
        phone = await there.through(fallback_url=there.customer.url("/fallback"))
        assert codes(phone) == [11205]
        assert 15 <= (await phone.until(Answered)).at < 15.1


async def test_a_caller_who_hangs_up_meanwhile_does_not_disturb_the_request() -> None:
    async def slow(_: Webhook) -> str:
        await asyncio.sleep(3)
        return twiml("<Say>too late</Say>")

    async with world(pages={"/voice": slow}) as there:
        phone = await there.call()
        await asyncio.sleep(1)
        await phone.hang_up()
        await phone.ended()
        assert (await phone.until(Ended)).at == 1
        assert (await phone.until(WebhookAnswered)).at == 3
        assert (phone.status, said(phone)) == ("no-answer", [])


async def test_another_document_replaces_the_running_one() -> None:
    async with world(pages={"/voice": twiml("<Pause length='100'/><Say>never</Say>")}) as there:
        phone = await there.call()
        await asyncio.sleep(1)
        phone.replace(Inline(twiml("<Say>instead</Say>")))
        await phone.ended()
        assert said(phone) == ["instead"]


async def test_another_document_may_have_to_be_asked_for() -> None:
    pages: dict[str, Reply] = {
        "/voice": twiml("<Say>one</Say>", "<Pause length='100'/>"),
        "/b": twiml("<Say>b</Say>"),
    }
    async with world(pages=pages, voice=lambda _: b"\x10" * 160) as there:
        phone = await there.call()
        await asyncio.sleep(1)
        phone.replace(Ask("update", there.customer.url("/b"), phone.call.params()))
        await phone.ended()
        assert there.customer.asked("/b")[0].form["CallStatus"] == "in-progress"
        assert said(phone) == ["one", "b"]


async def test_inline_twiml_that_cannot_be_read_fails_when_it_is_followed() -> None:
    async with world(pages={"/voice": twiml("<Pause length='100'/>", "<Say>x</Say>")}) as there:
        phone = await there.call()
        await asyncio.sleep(1)
        phone.replace(Inline("<Oops>"))
        await phone.ended()
        assert (codes(phone), phone.status) == ([12100], "failed")


async def test_the_same_webhook_can_come_twice() -> None:
    async with world(pages={"/voice": twiml("<Say>hello</Say>")}) as there:
        phone = await there.call()
        with phone.suffering(webhook_twice=True):
            await phone.ended()
        assert len(there.customer.asked("/voice")) == 2
        assert said(phone) == ["hello"]


async def test_silence_is_heard_where_nothing_is_said() -> None:
    pages: dict[str, Reply] = {"/voice": twiml("<Say>a</Say>", "<Pause length='2'/>", "<Say>b</Say>")}
    async with world(pages=pages, voice=lambda text: text.encode() * 800) as there:
        phone = await there.through()
        assert phone.heard == b"a" * 800 + SILENCE * 16_000 + b"b" * 800
