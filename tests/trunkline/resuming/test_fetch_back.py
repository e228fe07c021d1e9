"""The carrier is told of a lost stream when it has not asked by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.trunkline.office import facts, with_carrier
from trunkline import settings
from trunkline.resuming.fetch_back import NOTICE, Told, fetch_back
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.rest_answers import RestError
from trunkline.server.twiml import LIMITS
from trunkline.vendors import Vendors

HERE = "https://voice.example.com"


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    async with Carrier() as made:
        yield made


@pytest.fixture
async def vendors(carrier: Carrier) -> AsyncIterator[Vendors]:
    made = with_carrier(carrier)
    made.address = "/1"
    yield made
    await made.close()


CALL = replace(facts(), origin=HERE)
WORDS = "Einen Moment.", "de"


async def test_a_stream_that_is_back_in_time_is_left_alone(carrier: Carrier, vendors: Vendors) -> None:
    lost = [True]
    asyncio.get_running_loop().call_later(NOTICE / 2, lost.clear)
    assert await fetch_back(CALL, vendors, *WORDS, lambda: bool(lost)) is Told.NOT
    assert carrier.requests == []


async def test_a_call_that_is_over_there_is_known_to_be(carrier: Carrier, vendors: Vendors) -> None:
    assert await fetch_back(CALL, vendors, *WORDS, lambda: True) is Told.GONE
    (asked,) = carrier.requests
    assert asked.method == "POST"
    twiml = ElementTree.fromstring(asked.params["Twiml"][0])  # noqa: S314
    say, redirect = twiml
    assert (say.tag, say.text, say.get("language")) == ("Say", "Einen Moment.", "de-DE")
    assert (redirect.tag, redirect.text) == ("Redirect", f"{HERE}/twilio/next/1{LIMITS}")


async def test_a_carrier_that_does_not_answer_changes_nothing(carrier: Carrier, vendors: Vendors) -> None:
    carrier.refuse(RestError(500, 20500, "no"))
    assert await fetch_back(CALL, vendors, *WORDS, lambda: True) is Told.NOT


async def test_without_an_account_nobody_is_told() -> None:
    vendors = Vendors(settings.load(_env_file=None))
    assert await fetch_back(CALL, vendors, *WORDS, lambda: True) is Told.NOT
    await vendors.close()
