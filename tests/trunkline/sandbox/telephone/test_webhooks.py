"""Webhooks are signed, bounded in time, and tried again as Twilio does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.trunkline.sandbox.customer import Customer, Reply, Webhook
from trunkline.sandbox.telephone.call_log import CallLog
from trunkline.sandbox.telephone.faults import Faults
from trunkline.sandbox.telephone.reach import Reach
from trunkline.sandbox.telephone.records import WebhookAnswered, WebhookSent
from trunkline.sandbox.telephone.signing import Signer
from trunkline.sandbox.telephone.webhooks import Ask, WebhookFailed, Webhooks

PARAMS = {"CallSid": "CA1", "From": "+15550199", "FromCity": "", "CallToken": "%7Bä &+%7D"}


@asynccontextmanager
async def webhooks(**origins: str) -> AsyncIterator[Webhooks]:
    reach = Reach({origin.replace("_", "://"): served for origin, served in origins.items()})
    async with aiohttp.ClientSession() as session:
        yield Webhooks(session, Signer("token"), reach)


def is_signed(webhook: Webhook, url: str) -> bool:
    params = MultiDict(webhook.form) if webhook.method == "POST" else {}
    signature = webhook.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator("token").validate(url, params, signature))


async def test_a_post_is_signed_over_url_and_form() -> None:
    log = CallLog()
    async with Customer({"/voice": "<Response/>"}) as customer, webhooks() as twilio:
        answer = await twilio.ask(Ask("voice", customer.url("/voice?a=1"), PARAMS), log)
    (asked,) = customer.webhooks
    assert asked.form == PARAMS
    assert asked.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert is_signed(asked, customer.url("/voice?a=1"))
    assert (answer.status, answer.text, answer.content_type) == (
        200,
        "<Response/>",
        "text/xml; charset=utf-8",
    )
    assert [type(record) for record in log] == [WebhookSent, WebhookAnswered]


async def test_a_get_carries_and_signs_its_parameters_in_the_url() -> None:
    async with Customer() as customer, webhooks() as twilio:
        await twilio.ask(Ask("voice", customer.url("/voice?a=1"), PARAMS, "GET"), CallLog())
    (asked,) = customer.webhooks
    assert asked.query == {"a": "1", **PARAMS}
    assert is_signed(asked, customer.url(f"/voice?a=1&{urlencode(PARAMS)}"))


async def test_a_public_url_is_signed_as_it_is_public() -> None:
    async with Customer() as customer, webhooks(https_agent=customer.url("")) as twilio:
        await twilio.ask(Ask("voice", "https://agent/voice", PARAMS), CallLog())
    (asked,) = customer.webhooks
    assert asked.headers["Host"] == "agent"
    assert asked.headers["X-Forwarded-Proto"] == "https"
    assert is_signed(asked, "https://agent/voice")


@pytest.mark.parametrize("quality", ["forged", "missing"])
async def test_a_signature_can_be_spoilt(quality: str) -> None:
    faults = Faults(webhook_signature=quality)  # type: ignore[arg-type]
    async with Customer() as customer, webhooks() as twilio:
        await twilio.ask(Ask("voice", customer.url("/voice"), PARAMS), CallLog(), faults)
    (asked,) = customer.webhooks
    assert ("X-Twilio-Signature" in asked.headers) == (quality == "forged")
    assert not is_signed(asked, customer.url("/voice"))


async def test_a_webhook_can_be_delivered_twice_and_the_second_answer_counts() -> None:
    replies = iter(["first", "second"])
    async with Customer({"/voice": lambda _: next(replies)}) as customer, webhooks() as twilio:
        ask = Ask("voice", customer.url("/voice"), PARAMS)
        answer = await twilio.ask(ask, CallLog(), Faults(webhook_twice=True))
    assert answer.text == "second"
    first, second = customer.webhooks
    assert first.form == second.form
    assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]


@pytest.mark.parametrize("status", [404, 500])
async def test_an_error_status_is_11200_and_is_not_tried_again(status: int) -> None:
    async with Customer({"/voice": web.Response(status=status)}) as customer, webhooks() as twilio:
        with pytest.raises(WebhookFailed) as caught:
            await twilio.ask(Ask("voice", customer.url("/voice")), CallLog())
    assert caught.value.code == 11200
    assert len(customer.webhooks) == 1


async def test_the_fragment_can_ask_for_more_tries() -> None:
    replies = iter([web.Response(status=503), web.Response(status=503), web.Response(text="there")])
    async with Customer({"/voice": lambda _: next(replies)}) as customer, webhooks() as twilio:
        answer = await twilio.ask(Ask("voice", customer.url("/voice#rc=2&rp=5xx"), PARAMS), CallLog())
    assert answer.text == "there"
    assert [is_signed(asked, customer.url("/voice")) for asked in customer.webhooks] == [True] * 3


async def test_a_silent_customer_is_given_up_after_15_s() -> None:
    async def never(_: Webhook) -> str:
        await asyncio.sleep(60)
        return ""

    log = CallLog()
    async with Customer({"/voice": never}) as customer, webhooks() as twilio:
        with pytest.raises(WebhookFailed) as caught:
            await twilio.ask(Ask("voice", customer.url("/voice")), log)
        assert asyncio.get_running_loop().time() == pytest.approx(15, abs=0.01)
    assert caught.value.code == 11205
    assert len(customer.webhooks) == 1


async def test_a_refused_connection_is_tried_once_more() -> None:
    log = CallLog()
    async with Customer() as customer, webhooks() as twilio:
        url = customer.url("/voice")
        await customer.__aexit__(None, None, None)
        with pytest.raises(WebhookFailed) as caught:
            await twilio.ask(Ask("voice", url), log)
    assert caught.value.code == 11205
    assert [record.attempt for record in log.of(WebhookSent)] == [1, 2]


async def test_a_connection_that_breaks_is_not_tried_again() -> None:
    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    log = CallLog()
    server = await asyncio.start_server(drop, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, webhooks() as twilio:
        with pytest.raises(WebhookFailed) as caught:
            await twilio.ask(Ask("voice", f"http://127.0.0.1:{port}/"), log)
    assert caught.value.code == 11205
    assert len(log.of(WebhookSent)) == 1


@pytest.mark.parametrize("url", ["/relative", "", "http://"])
async def test_what_is_no_url_fails_as_such(url: str) -> None:
    async with webhooks() as twilio:
        with pytest.raises(WebhookFailed) as caught:
            await twilio.ask(Ask("voice", url), CallLog())
    assert caught.value.code == 11100


async def test_redirects_are_followed_and_signed_again() -> None:
    pages: dict[str, Reply] = {
        "/voice": web.Response(status=307, headers={"Location": "/moved?x=1"}),
        "/moved": web.Response(status=302, headers={"Location": "/found"}),
        "/found": "<Response/>",
    }
    async with Customer(pages) as customer, webhooks() as twilio:
        answer = await twilio.ask(Ask("voice", customer.url("/voice"), {"a": "b"}), CallLog())
    assert [(asked.method, asked.path) for asked in customer.webhooks] == [
        ("POST", "/voice"),
        ("POST", "/moved"),
        ("GET", "/found"),
    ]
    assert dict(parse_qsl(answer.url.partition("?")[2])) == {"a": "b"}
    assert is_signed(customer.webhooks[1], customer.url("/moved?x=1"))
    assert is_signed(customer.webhooks[2], customer.url("/found?a=b"))


async def test_redirects_have_an_end() -> None:
    pages = {"/voice": lambda _: web.Response(status=302, headers={"Location": "/voice"})}
    async with Customer(pages) as customer, webhooks() as twilio:
        with pytest.raises(WebhookFailed) as caught:
            await twilio.ask(Ask("voice", customer.url("/voice")), CallLog())
    assert caught.value.code == 11200
