"""What is asked of the carrier over REST, and what its answers mean; each request is made once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from tests.trunkline.sandbox.customer import Customer, twiml
from trunkline import settings
from trunkline.carrier_api import ANSWER_LIMIT, TWIML_LIMIT, Amd, CarrierApi
from trunkline.errors import CarrierError, SettingsError
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier
from trunkline.sandbox.telephone.callee import Callee

ANN, DESK = "+12025550123", "+15550100"
NOBODY = "http://127.0.0.1:9/voice"


def api(base_url: str, **more: Any) -> CarrierApi:
    values = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, **more}
    return CarrierApi(settings.load(_env_file=None, TWILIO_BASE_URL=base_url, **values))


@asynccontextmanager
async def carrier(**options: Any) -> AsyncIterator[tuple[Carrier, CarrierApi]]:
    async with Carrier(**options) as there:
        asks = api(there.base_url)
        try:
            yield there, asks
        finally:
            await asks.close()


async def test_a_call_is_ordered_in_twilios_words() -> None:
    async with carrier(callees={ANN: Callee(outcome="busy")}) as (there, asks):
        amd = Amd("https://example.com/amd", "start")
        sid = await asks.create_call(
            to=ANN, from_=DESK, url=NOBODY, status_callback=NOBODY, amd=amd, ring_seconds=20
        )
        assert there.phones[sid].call.to == ANN
        (request,) = there.requests
        assert {name: values for name, values in request.params.items() if name != "Url"} == {
            "To": [ANN],
            "From": [DESK],
            "Timeout": ["20"],
            "StatusCallback": [NOBODY],
            "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
            "MachineDetection": ["Enable"],
            "AsyncAmd": ["true"],
            "AsyncAmdStatusCallback": ["https://example.com/amd"],
            "AsyncAmdStatusCallbackMethod": ["POST"],
        }
        assert await asks.status(sid) in ("queued", "ringing")
        assert await asks.calls(to=ANN, from_=DESK, since=datetime.now(UTC) - timedelta(minutes=1)) == [sid]
        assert await asks.calls(to=ANN, from_=DESK, since=datetime.now(UTC) + timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    ("outcome", "taken"), [("answer", True), ("busy", False), ("no-answer", False), ("failed", False)]
)
async def test_it_tells_whether_a_leg_of_a_call_was_answered(outcome: Any, taken: bool) -> None:
    bob = "+12025550124"
    callees = {ANN: Callee(), bob: Callee(outcome=outcome, stays=2)}
    async with Customer() as customer, carrier(callees=callees) as (there, asks):
        customer.pages["/dial"] = twiml(f"<Dial>{bob}</Dial>")
        sid = await asks.create_call(to=ANN, from_=DESK, url=customer.url("/dial"))
        assert not await asks.was_taken(sid)
        await there.phones[sid].ended(60)
        assert await asks.was_taken(sid) is taken
        assert not await asks.was_taken("CA" + "0" * 32)


async def test_keys_that_are_sent_rule_detection_out() -> None:
    async with carrier() as (there, asks):
        await asks.create_call(to=ANN, from_=DESK, url=NOBODY, amd=Amd(NOBODY), send_digits="w1")
        assert "MachineDetection" not in there.requests[0].params


async def test_a_call_is_hung_up_and_one_that_is_over_is_fine() -> None:
    async with carrier(callees={ANN: Callee(ring=60)}) as (there, asks):
        sid = await asks.create_call(to=ANN, from_=DESK, url=NOBODY)
        await asks.hang_up(sid)
        assert there.phones[sid].call.is_over
        await asks.hang_up(sid)
        await asks.hang_up("CA" + "0" * 32)
        with pytest.raises(CarrierError, match="code 21220") as gone:
            await asks.redirect(sid, "<Response/>")
        assert gone.value.is_gone
        assert gone.value.refused


async def test_a_document_that_is_too_long_is_not_sent() -> None:
    async with carrier() as (there, asks):
        with pytest.raises(CarrierError, match=str(TWIML_LIMIT)):
            await asks.redirect("CA1", "x" * (TWIML_LIMIT + 1))
        assert there.requests == []


async def test_an_api_key_will_do() -> None:
    async with Carrier(api_keys={"SK1": "s"}) as there:
        asks = api(there.base_url, TWILIO_API_KEY_SID="SK1", TWILIO_API_KEY_SECRET="s")
        await asks.create_call(to=ANN, from_=DESK, url=NOBODY)
        assert there.requests[0].user == "SK1"
        await asks.close()


async def test_missing_settings_are_named() -> None:
    asks = api("http://127.0.0.1:9", TWILIO_ACCOUNT_SID=None)
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID"):
        await asks.status("CA1")
    await asks.close()


async def test_a_carrier_that_cannot_be_reached_has_done_nothing() -> None:
    asks = api("http://127.0.0.1:9")
    with pytest.raises(CarrierError, match="cannot be reached") as error:
        await asks.create_call(to=ANN, from_=DESK, url=NOBODY)
    assert error.value.refused
    await asks.close()


@asynccontextmanager
async def answering(handler: Any) -> AsyncIterator[tuple[CarrierApi, list[str]]]:
    """A carrier that answers every request so; and what it was asked."""
    asked: list[str] = []

    async def note(request: web.Request) -> web.StreamResponse:
        asked.append(request.method)
        answer: web.StreamResponse = await handler(request)
        return answer

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", note)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    asks = api(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        yield asks, asked
    finally:
        await asks.close()
        await runner.cleanup()


async def silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(2 * ANSWER_LIMIT)
    return web.Response()


async def cut_off(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def garbage(_: web.Request) -> web.StreamResponse:
    return web.Response(status=201, text="<html>hello</html>")


async def no_object(_: web.Request) -> web.StreamResponse:
    return web.json_response([], status=201)


async def gateway(_: web.Request) -> web.StreamResponse:
    return web.Response(status=502, text="Bad Gateway")


@pytest.mark.parametrize("handler", [silent, cut_off, garbage, no_object, gateway])
async def test_an_answer_that_says_nothing_leaves_it_unknown_and_is_not_asked_for_again(handler: Any) -> None:
    async with answering(handler) as (asks, asked):
        with pytest.raises(CarrierError, match="may have been done") as error:
            await asks.create_call(to=ANN, from_=DESK, url=NOBODY)
        assert error.value.unknown
        assert asked == ["POST"]


async def test_too_many_requests_may_be_made_later() -> None:
    async def busy(_: web.Request) -> web.StreamResponse:
        return web.json_response({"code": 20429, "message": "slow down", "status": 429}, status=429)

    async with answering(busy) as (asks, asked):
        with pytest.raises(CarrierError, match="try again later") as error:
            await asks.create_call(to=ANN, from_=DESK, url=NOBODY)
        assert error.value.is_busy
        assert error.value.refused
        assert asked == ["POST"]
