"""A server that is told to stop: calls finish, or another server goes on with them; none is dropped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.calls.leftovers import more, running
from tests.calls.test_workers import crew, slot_of
from tests.calls.town import (
    GREETING,
    NUMBER,
    PRICE,
    PRICE_QUESTION,
    Outside,
    heard,
    hears,
    make_line,
    outside,
    said,
    serving,
    town,
)
from tests.calls.wire import Wire, form
from trunkline.line import Line
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStopped, VerbRun
from trunkline.server.service import Service

PUBLIC = "https://voice.example.com"
SHARED = {"TRUNKLINE_PUBLIC_URL": PUBLIC, "TRUNKLINE_SECRET": "shared between processes"}


@asynccontextmanager
async def two(folder: Path, line: Line) -> AsyncIterator[tuple[Outside, dict[str, str], list[Service]]]:
    """Two servers behind one address; where it leads can be changed."""
    leads = {PUBLIC: ""}
    async with (
        outside(carrier={"origins": leads}) as world,
        serving(world, folder, [line], **SHARED) as first,
        serving(world, folder, [line], **SHARED) as second,
    ):
        leads[PUBLIC] = first.url
        yield world, leads, [first, second]


async def conversation(world: Outside) -> Phone:
    """A call in which a turn has been spoken."""
    phone = await world.carrier.call(f"{PUBLIC}/twilio/voice", to=NUMBER)
    await hears(phone, GREETING)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)
    return phone


async def test_a_call_may_finish_and_nobody_else_gets_in(tmp_path: Path) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        phone = await place.call()
        draining = asyncio.create_task(place.service.drain(asyncio.Event()))
        await hears(phone, GREETING)
        status, body = await wire.get("/readyz")
        assert (status, body["status"]) == (503, "draining")
        refused = await place.ring()
        await refused.ended()
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert not draining.done()
        await phone.say(said("goodbye"))
        await phone.ended()
        assert await draining == 0
        assert (await place.row(phone)).outcome == "completed"


async def test_without_calls_it_stops_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        began = asyncio.get_running_loop().time()
        assert await place.service.drain(asyncio.Event()) == 0
        assert asyncio.get_running_loop().time() == began


async def test_a_call_that_takes_too_long_goes_on_in_another_server(tmp_path: Path) -> None:
    line = make_line(drain_seconds=5)
    async with two(tmp_path, line) as (world, leads, (first, second)):
        phone = await conversation(world)
        leads[PUBLIC] = second.url
        before = running()
        began = asyncio.get_running_loop().time()
        assert await first.drain(asyncio.Event()) == 1
        assert 5 <= asyncio.get_running_loop().time() - began < 7
        await hears(phone, line.resume.words)
        assert [(stop.by, stop.close_code) for stop in phone.log.of(StreamStopped)] == [("server", 1012)]
        assert list(second.switchboard.calls) == [phone.sid]
        assert first.switchboard.calls == {}
        await phone.say(said(PRICE_QUESTION))
        async with asyncio.timeout(10):
            while heard(phone).count(PRICE) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        asked = [m["content"] for m in world.openai.requests[-1].messages if m["role"] != "system"]
        assert asked == [GREETING, PRICE_QUESTION, PRICE, PRICE_QUESTION]
        await phone.say(said("goodbye"))
        await phone.ended()
        await second.store.flush()
        (row,) = await second.store.calls()
        assert row.outcome == "completed"
        assert [turn.agent for turn in row.turns][:3] == [GREETING, PRICE, PRICE]
        await asyncio.sleep(1)
        assert more(running(), before) == {}


async def test_in_a_hurry_calls_are_handed_over_in_the_middle_of_a_word(tmp_path: Path) -> None:
    line = make_line()
    async with two(tmp_path, line) as (world, leads, (first, second)):
        phones = [await world.carrier.call(f"{PUBLIC}/twilio/voice", to=NUMBER) for _ in range(3)]
        for phone in phones:
            await hears(phone, GREETING[:4])
        hurry = asyncio.Event()
        draining = asyncio.create_task(first.drain(hurry))
        await asyncio.sleep(0.1)
        assert not draining.done()
        leads[PUBLIC] = second.url
        hurry.set()
        assert await draining == 3
        for phone in phones:
            await hears(phone, line.resume.words)
            await phone.say(said("goodbye"))
            await phone.ended()
        await second.store.flush()
        assert [row.outcome for row in await second.store.calls()] == ["completed"] * 3


async def test_with_nobody_to_go_on_the_carrier_is_asked_to_come_back(tmp_path: Path) -> None:
    line = make_line()
    async with two(tmp_path, line) as (world, leads, (first, second)):
        phone = await conversation(world)
        hurry = asyncio.Event()
        hurry.set()
        assert await first.drain(hurry) == 1
        assert [verb.name for verb in phone.log.of(VerbRun)] == ["Connect", "Pause"]
        leads[PUBLIC] = second.url  # its successor, which took some seconds to start
        await hears(phone, line.resume.words)
        await phone.say(said("goodbye"))
        await phone.ended()
        await second.store.flush()
        assert [row.outcome for row in await second.store.calls()] == ["completed"]


async def test_a_call_that_nobody_went_on_with_is_known_as_handed_over(tmp_path: Path) -> None:
    async with town(tmp_path) as place, Wire(place) as wire:
        phone = await place.call()
        hurry = asyncio.Event()
        hurry.set()
        await place.service.drain(hurry)
        assert (await place.row(phone)).outcome == "handed-over"
        await phone.hang_up()
        await phone.ended()
        await wire.post("/twilio/status", form(phone.sid, CallStatus="completed"))
        assert (await place.row(phone)).outcome == "caller-hung-up"


async def test_a_worker_that_stops_leaves_its_calls_to_the_others(tmp_path: Path) -> None:
    async with outside() as world, crew(world, tmp_path, 2) as services:
        url = f"{services[0].url}/twilio"
        phones = [await world.carrier.call(f"{url}/voice", to=NUMBER) for _ in range(4)]
        for phone in phones:
            await hears(phone, GREETING)
        stopped = slot_of(phones[0])
        hurry = asyncio.Event()
        hurry.set()
        assert await services[stopped].drain(hurry) == 2
        await asyncio.gather(
            *(hears(phone, "Sorry, the line dropped") for phone in phones if len(phone.log.of(StreamStopped)))
        )
        assert {slot_of(phone) for phone in phones} == {1 - stopped}
        assert len(services[1 - stopped].switchboard.calls) == 4
        for phone in phones:
            await phone.say(said(PRICE_QUESTION))
        for phone in phones:
            await hears(phone, PRICE)
            await phone.hang_up()
            await phone.ended()
