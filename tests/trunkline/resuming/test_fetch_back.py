"""The carrier is told of a lost stream when it has not asked by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.trunkline.office import facts
from trunkline import settings
from trunkline.resuming.fetch_back import NOTICE, fetch_back
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier
from trunkline.sandbox.telephone.rest_answers import RestError
from trunkline.vendors import Vendors

HERE = "https://voice.example.com"


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    async with Carrier() as made:
        yield made


@pytest.fixture
async def vendors(carrier: Carrier) -> AsyncIterator[Vendors]:
    values = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_BASE_URL": carrier.base_url,
    }
    made = Vendors(settings.load(_env_file=None, **values))
    made.address = "/1"
    yield made
    await made.close()


CALL = replace(facts(), origin=HERE)


async def test_a_stream_that_is_back_in_time_is_left_alone(carrier: Carrier, vendors: Vendors) -> None:
    lost = [True]
    asyncio.get_running_loop().call_later(NOTICE / 2, lost.clear)
    assert await fetch_back(CALL, vendors, lambda: bool(lost))
    assert carrier.requests == []


async def test_a_call_that_is_over_there_is_known_to_be(carrier: Carrier, vendors: Vendors) -> None:
    assert not await fetch_back(CALL, vendors, lambda: True)
    (asked,) = carrier.requests
    assert asked.method == "POST"
    assert f"{HERE}/twilio/next/1" in str(asked.params["Twiml"])


async def test_a_carrier_that_does_not_answer_changes_nothing(carrier: Carrier, vendors: Vendors) -> None:
    carrier.refuse(RestError(500, 20500, "no"))
    assert await fetch_back(CALL, vendors, lambda: True)


async def test_without_an_account_nobody_is_told() -> None:
    vendors = Vendors(settings.load(_env_file=None))
    assert await fetch_back(CALL, vendors, lambda: True)
    await vendors.close()
