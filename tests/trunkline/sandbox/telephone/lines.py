"""A carrier and its customer, for tests of what happens between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.trunkline.sandbox.customer import Customer, Media, Reply, twiml
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.faults import SOUND, Faults
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Said, VerbRun, Warned


@dataclass
class World:
    """A carrier, and the customer who serves the pages of its calls."""

    customer: Customer
    carrier: Carrier

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def call(self, path: str = "/voice", **how: Any) -> Phone:
        """Somebody calls; the customer is asked at ``path``."""
        how = {"to": "+15550100", **how}
        return await self.carrier.call(self.customer.url(path), **how)

    async def through(self, **how: Any) -> Phone:
        """A call of which nobody at the far end cares, from its beginning to its end."""
        phone = await self.call(**how)
        await phone.ended()
        return phone


@asynccontextmanager
async def world(*, pages: dict[str, Reply] | None = None, **carrier: Any) -> AsyncIterator[World]:
    async with Customer(pages) as customer, Carrier(**carrier) as twilio:
        yield World(customer, twilio)


def said(phone: Phone) -> list[str]:
    """What the carrier's voice said to the caller."""
    return [record.text for record in phone.log.of(Said)]


def verbs(phone: Phone) -> list[str]:
    return [record.name for record in phone.log.of(VerbRun)]


def codes(phone: Phone) -> list[int]:
    """Of the carrier's warnings."""
    return [record.code for record in phone.log.of(Warned)]


@dataclass
class Streamed:
    """A call whose sound is streamed to a customer."""

    customer: Customer
    phone: Phone
    media: Media

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def warnings(self) -> list[int]:
        return codes(self.phone)


@asynccontextmanager
async def streamed(faults: Faults = SOUND, *, starts: bool = True) -> AsyncIterator[Streamed]:
    async with Customer() as customer, Carrier(faults=faults) as carrier:
        customer.pages["/voice"] = twiml(customer.connect('<Parameter name="ticket" value="t"/>'))
        customer.pages["/next"] = twiml("<Hangup/>")
        phone = await carrier.call(customer.url("/voice"), to="+15550100")
        await customer.until(lambda: bool(customer.streams))
        media = customer.streams[0]
        if starts:
            await media.until(lambda media: bool(media.of("start")))
        yield Streamed(customer, phone, media)
