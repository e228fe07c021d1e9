"""Calls that start on sockets that are open already, and lose nothing when these are of no use."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from processors.deepgram_stt import KEEP_ALIVE
from processors.listen_link import CLOSE_STREAM
from tests.calls.leftovers import more, running
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    Town,
    heard,
    hears,
    make_line,
    outside,
    said,
    serving,
)
from trunkline.sandbox.listen import ListenFault
from trunkline.sandbox.speak import SpeakFault
from trunkline.sandbox.telephone.phone import Phone

SETTLED = 2.0
"""Seconds in which a pool fills itself, and again behind a call that starts."""


@asynccontextmanager
async def warm_town(
    folder: Path, *, size: int = 2, settings: Mapping[str, Any] = MappingProxyType({}), **world: Any
) -> AsyncIterator[Town]:
    """A town whose server keeps sockets open for its calls; both are gone afterwards, or the test fails."""
    async with outside(**world) as around:
        before = running()
        async with serving(around, folder, [make_line()], TRUNKLINE_WARM_SOCKETS=size, **settings) as service:
            place = Town(around, service)
            await asyncio.sleep(SETTLED)
            yield place
        await asyncio.sleep(0.1)
        assert more(running(), before) == {}
        assert sockets(place) == (0, 0)


def sockets(place: Town) -> tuple[int, int]:
    """Sockets that are open at Deepgram: listening, speaking."""
    return len(place.world.deepgram.listen.open), place.world.deepgram.speak.open_sockets


def handshakes(place: Town) -> tuple[int, int]:
    """Sockets that were ever opened; without the prompts, which are asked for over REST."""
    speak = place.world.deepgram.speak
    prompts = sum(request.type == "POST" for request in speak.requests)
    return len(place.world.deepgram.connections), speak.connections - prompts


async def converse(phone: Phone) -> None:
    """A caller asks, and is answered."""
    await hears(phone, GREETING)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)


async def test_a_call_starts_without_a_handshake_and_is_followed_by_the_next_sockets(tmp_path: Path) -> None:
    async with warm_town(tmp_path) as place:
        assert sockets(place) == handshakes(place) == (2, 2)
        phone = await place.call()
        await hears(phone, GREETING[:1])
        assert handshakes(place) == (2, 2)
        assert sum(bool(c.received[10:]) for c in place.world.deepgram.connections) == 1
        await converse(phone)
        assert sockets(place) == handshakes(place) == (3, 3)
        await phone.hang_up()
        await phone.ended()
        await asyncio.sleep(SETTLED)
        assert sockets(place) == (2, 2)


async def test_five_calls_at_once_share_what_is_there_and_open_what_is_not(tmp_path: Path) -> None:
    async with warm_town(tmp_path) as place:
        phones = await asyncio.gather(*(place.call(from_=f"+1555010{n}") for n in range(5)))
        await asyncio.gather(*(converse(phone) for phone in phones))
        assert handshakes(place) == (7, 7)
        await asyncio.gather(*(phone.hang_up() for phone in phones))
        await asyncio.gather(*(phone.ended() for phone in phones))


async def test_the_conversation_is_the_same_with_and_without(tmp_path: Path) -> None:
    told: list[object] = []
    for size in (0, 2):
        folder = tmp_path / str(size)
        folder.mkdir()
        async with warm_town(folder, size=size) as place:
            assert sockets(place) == (size, size)
            phone = await place.call()
            await converse(phone)
            await phone.say(said(QUESTION))
            await hears(phone, LONG[:20])
            await phone.say(said(PRICE_QUESTION))
            await hears(phone, PRICE)
            told.append([message["content"] for message in place.messages()])
            told.append(heard(phone).count(PRICE))
            await phone.hang_up()
            await phone.ended()
    assert told[:2] == told[2:]


async def test_a_call_that_comes_after_ten_quiet_minutes_finds_them_fresh(tmp_path: Path) -> None:
    async with warm_town(tmp_path) as place:
        await asyncio.sleep(610)
        before = handshakes(place)
        phone = await place.call()
        await hears(phone, GREETING[:1])
        assert handshakes(place) == before
        await converse(phone)
        await phone.hang_up()
        await phone.ended()


async def test_a_caller_notices_nothing_of_sockets_that_died(tmp_path: Path) -> None:
    async with warm_town(tmp_path) as place:
        await place.world.deepgram.drop()
        place.world.deepgram.speak.drop()
        phone = await place.call()
        await converse(phone)
        await phone.hang_up()
        await phone.ended()
        assert (await place.row(phone)).outcome == "caller-hung-up"


async def test_sockets_whose_peer_is_silent_cost_a_caller_seconds_and_not_the_call(tmp_path: Path) -> None:
    async with warm_town(tmp_path) as place:
        for connection in place.world.deepgram.connections:
            connection.stall(3600)
        place.world.deepgram.speak.fault = SpeakFault(silent=True)
        phone = await place.call()
        await hears(phone, GREETING)
        place.world.deepgram.speak.fault = SpeakFault()
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await phone.hang_up()
        await phone.ended()


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_a_vendor_that_refuses_to_have_them_wait_does_not_stop_the_server(
    tmp_path: Path, status: int
) -> None:
    deepgram = {
        "listen": {"faults": [ListenFault(refuse=status)]},
        "speak": {"fault": SpeakFault(refuse=status)},
    }
    async with warm_town(tmp_path, deepgram=deepgram) as place:
        assert sockets(place)[1] == 0
        place.world.deepgram.speak.fault = SpeakFault()
        phone = await place.call()
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await phone.hang_up()
        await phone.ended()


async def test_what_waits_and_what_calls_use_are_within_the_quota_together(tmp_path: Path) -> None:
    quota = {"TRUNKLINE_DEEPGRAM_STT_STREAMS": 3, "TRUNKLINE_DEEPGRAM_TTS_STREAMS": 3}
    async with warm_town(tmp_path, settings=quota) as place:
        phones = [await place.call(from_=f"+1555010{n}") for n in range(3)]
        for phone in phones:
            await hears(phone, GREETING)
        await asyncio.sleep(SETTLED)
        assert sockets(place) == (3, 3)
        for phone in phones:
            await phone.hang_up()
            await phone.ended()
        await asyncio.sleep(SETTLED)


async def test_a_server_that_stops_takes_leave_of_them(tmp_path: Path) -> None:
    async with warm_town(tmp_path) as place:
        await asyncio.sleep(5)
    for connection in place.world.deepgram.connections:
        orders = [order.data.decode() for order in connection.orders]
        assert set(orders[:-1]) == {KEEP_ALIVE}
        assert orders[-1] == CLOSE_STREAM
        assert connection.close_code == 1000
    closes = [request for request in place.world.deepgram.speak.requests if request.type == "Close"]
    assert len(closes) == 2
