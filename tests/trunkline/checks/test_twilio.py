"""Twilio's side: the account that the token opens, and where each number's calls go."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from tests.trunkline.checks.test_vendors import NOBODY, answering
from trunkline.checks.finding import Finding, Mark
from trunkline.checks.twilio import judge, twilio
from trunkline.line import Line
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier
from trunkline.sandbox.telephone.numbers import Number
from trunkline.settings import load

# twilio-python hands aiohttp its credentials in a way that aiohttp 4 will not take.
pytestmark = pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")

PUBLIC = "https://phone.example.com"
DESK = Line(name="desk", number="+15550100", greeting="Hi.", prompt="Be kind.")


async def asked(
    base_url: str, *lines: Line, token: str = AUTH_TOKEN, sid: str = ACCOUNT_SID
) -> list[Finding]:
    values = {"TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": token, "TWILIO_BASE_URL": base_url}
    return await twilio(load(_env_file=None, TRUNKLINE_PUBLIC_URL=PUBLIC, **values), lines)


def number(**values: Any) -> Number:
    complete = {
        "voice_url": f"{PUBLIC}/twilio/voice",
        "voice_fallback_url": "https://elsewhere.example.com/sorry",
        "status_callback": f"{PUBLIC}/twilio/status",
    }
    return Number(phone_number=DESK.number, **{**complete, **values})


async def test_a_number_that_comes_to_us_is_fine() -> None:
    async with Carrier(numbers=[Number(phone_number="+15550199"), number()]) as carrier:
        account, desk = await asked(carrier.base_url, DESK)
    assert (account.mark, account.found) == (Mark.FINE, "reached, token accepted")
    assert (desk.name, desk.mark) == ("number of desk", Mark.FINE)


async def test_a_fallback_url_of_our_own_is_none() -> None:
    ours = number(voice_fallback_url=f"{PUBLIC}/sorry")
    async with Carrier(numbers=[ours]) as carrier:
        _, desk = await asked(carrier.base_url, DESK)
    assert desk.mark is Mark.ODD
    assert "down when we are" in desk.found
    assert "trunkline doctor --fallback" in desk.remedy


async def test_a_wrong_token_stops_at_the_account() -> None:
    async with Carrier(numbers=[number()]) as carrier:
        (account,) = await asked(carrier.base_url, DESK, token="token-9999")
    assert account.mark is Mark.WRONG
    assert "401" in account.found
    assert "TWILIO_AUTH_TOKEN" in account.remedy
    assert "9999" not in str(account)


async def test_a_number_of_somebody_else_names_those_of_the_account() -> None:
    async with Carrier(numbers=[Number(phone_number="+15550177")]) as carrier:
        _, desk = await asked(carrier.base_url, DESK)
    assert desk.mark is Mark.WRONG
    assert "+15550100 is not a number of this account; it has +15550177" in desk.found


async def test_an_account_without_numbers_says_so() -> None:
    async with Carrier() as carrier:
        _, desk = await asked(carrier.base_url, DESK)
    assert desk.found.endswith("it has none")


def judged(public_url: str | None = PUBLIC, **values: Any) -> Finding:
    return judge("number of desk", SimpleNamespace(**{**vars_of(number()), **values}), public_url)


def vars_of(of: Number) -> dict[str, Any]:
    return of.as_json(ACCOUNT_SID)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"voice_url": ""}, "has no voice URL"),
        ({"voice_url": None}, "has no voice URL"),
        ({"voice_url": "https://demo.twilio.com/welcome"}, "its calls go to https://demo.twilio.com/welcome"),
        ({"voice_url": f"{PUBLIC}/voice"}, f"its calls go to {PUBLIC}/voice"),
        ({"voice_method": "GET"}, "its voice URL is asked with GET"),
    ],
)
def test_calls_that_do_not_come_to_us_are_wrong(values: dict[str, Any], found: str) -> None:
    judgement = judged(**values)
    assert (judgement.mark, judgement.found) == (Mark.WRONG, found)
    assert f"{PUBLIC}/twilio/voice, POST" in judgement.remedy


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"voice_fallback_url": ""}, "no fallback URL"),
        ({"status_callback": ""}, "status changes do not"),
        ({"status_callback": f"{PUBLIC}/other"}, "status changes do not"),
        ({"voice_application_sid": "AP1"}, "TwiML app AP1"),
        ({"trunk_sid": "TK1"}, "SIP trunk TK1"),
    ],
)
def test_what_a_number_can_do_without_is_odd(values: dict[str, Any], found: str) -> None:
    judgement = judged(**values)
    assert judgement.mark is Mark.ODD
    assert found in judgement.found


@pytest.mark.parametrize(
    "url",
    [
        f"{PUBLIC}/twilio/voice/",
        f"{PUBLIC}/twilio/voice#rc=2&rp=all",
        "https://Phone.Example.com/twilio/voice",
    ],
)
def test_a_url_may_be_written_in_more_than_one_way(url: str) -> None:
    assert judged(voice_url=url).mark is Mark.FINE


def test_without_a_public_url_the_path_decides() -> None:
    assert judged(None).mark is Mark.FINE
    assert judged(None, voice_url="https://demo.twilio.com/welcome").mark is Mark.WRONG


@pytest.mark.parametrize(("sid", "token"), [("", "x"), ("AC1", "")])
async def test_without_credentials_twilio_is_not_asked(sid: str, token: str) -> None:
    assert [found.mark for found in await asked(NOBODY, DESK, sid=sid, token=token)] == [Mark.SKIPPED]


async def test_nobody_there_is_a_matter_of_the_network() -> None:
    (account,) = await asked(NOBODY, DESK)
    assert account.mark is Mark.WRONG
    assert "TWILIO_BASE_URL" in account.remedy


async def test_silence_is_waited_for_five_seconds() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async with answering(silent) as url:
        (account,) = await asked(url, DESK)
    assert account.found == "did not answer within 5 s"


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, "<html>", "answers, but not as Twilio does"),
        (200, '{"status": "suspended"}', "the account is suspended"),
        (503, '{"code": 20503, "message": "Service unavailable"}', "answered 503, code 20503"),
        (502, "<html>", "answered 502"),
    ],
)
async def test_an_account_that_cannot_be_used_is_wrong(status: int, body: str, found: str) -> None:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body)

    async with answering(handler) as url:
        (account,) = await asked(url, DESK)
    assert (account.mark, account.found) == (Mark.WRONG, found)


async def test_a_trial_account_is_fine_and_says_what_callers_hear() -> None:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "active", "type": "Trial"})

    async with answering(handler) as url:
        (account,) = await asked(url)
    assert account.mark is Mark.FINE
    assert "trial" in account.found
