"""The REST API as twilio-python uses it: who may ask, the account, its numbers."""

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]

from tests.trunkline.sandbox.telephone.customer_client import QUIET, client
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.numbers import Number
from trunkline.sandbox.telephone.rest_answers import TOO_MANY_REQUESTS

pytestmark = QUIET

NUMBERS = [
    Number(
        phone_number="+15550100", voice_url="https://agent/voice", voice_fallback_url="https://agent/fallback"
    ),
    Number(phone_number="+15550101"),
]


async def test_the_account() -> None:
    async with Carrier() as carrier, client(carrier) as twilio:
        account = await twilio.api.accounts(carrier.account_sid).fetch_async()
        assert (account.sid, account.status, account.type) == (carrier.account_sid, "active", "Full")
        (request,) = carrier.requests
        assert (request.method, request.user) == ("GET", carrier.account_sid)
        assert request.path == f"/2010-04-01/Accounts/{carrier.account_sid}.json"


async def test_its_numbers() -> None:
    async with Carrier(numbers=NUMBERS) as carrier, client(carrier) as twilio:
        listed = await twilio.incoming_phone_numbers.list_async()
        assert [number.phone_number for number in listed] == ["+15550100", "+15550101"]
        (number,) = await twilio.incoming_phone_numbers.list_async(phone_number="+15550100")
        assert (number.voice_url, number.voice_fallback_url) == (
            "https://agent/voice",
            "https://agent/fallback",
        )
        fetched = await twilio.incoming_phone_numbers(number.sid).fetch_async()
        assert fetched.phone_number == "+15550100"


async def test_a_number_can_be_pointed_elsewhere() -> None:
    async with Carrier(numbers=[Number(phone_number="+15550100")]) as carrier, client(carrier) as twilio:
        (number,) = await twilio.incoming_phone_numbers.list_async()
        updated = await number.update_async(voice_url="https://new/voice")
        assert updated.voice_url == carrier.numbers[0].voice_url == "https://new/voice"
        assert carrier.requests[-1].params == {"VoiceUrl": ["https://new/voice"]}


async def test_an_api_key_may_ask_too() -> None:
    async with Carrier(api_keys={"SK1": "secret"}) as carrier, client(carrier, "SK1", "secret") as twilio:
        assert await twilio.incoming_phone_numbers.list_async() == []
        assert carrier.requests[0].user == "SK1"


@pytest.mark.parametrize(("user", "password"), [("", "wrong"), ("SK2", "secret")])
async def test_others_may_not(user: str, password: str) -> None:
    async with Carrier() as carrier, client(carrier, user, password) as twilio:
        with pytest.raises(TwilioRestException) as caught:
            await twilio.api.accounts(carrier.account_sid).fetch_async()
        assert (caught.value.status, caught.value.code) == (401, 20003)


@pytest.mark.parametrize("header", [None, "Basic %%%", "Bearer abc", "Basic"])
async def test_nor_may_who_says_nothing_of_use(header: str | None) -> None:
    async with Carrier() as carrier, aiohttp.ClientSession() as session:
        url = f"{carrier.base_url}/2010-04-01/Accounts/{carrier.account_sid}.json"
        headers = {"Authorization": header} if header else {}
        async with session.get(url, headers=headers) as response:
            assert response.status == 401
            assert (await response.json())["code"] == 20003


async def test_what_is_not_there_is_20404() -> None:
    async with Carrier(numbers=NUMBERS) as carrier, client(carrier) as twilio:
        with pytest.raises(TwilioRestException) as caught:
            await twilio.incoming_phone_numbers("PN" + "0" * 32).fetch_async()
        assert (caught.value.status, caught.value.code) == (404, 20404)
        with pytest.raises(TwilioRestException) as caught:
            await twilio.api.accounts("AC" + "0" * 32).fetch_async()
        assert (caught.value.status, caught.value.code) == (404, 20404)


async def test_refusals_come_on_request() -> None:
    async with Carrier() as carrier, client(carrier) as twilio:
        carrier.refuse(TOO_MANY_REQUESTS)
        with pytest.raises(TwilioRestException) as caught:
            await twilio.api.accounts(carrier.account_sid).fetch_async()
        assert (caught.value.status, caught.value.code) == (429, 20429)
        assert await twilio.incoming_phone_numbers.list_async() == []
