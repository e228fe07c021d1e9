"""Calls meet in conferences, and in queues."""

import asyncio

import pytest

from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import World, codes, said, world
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Played, Warned
from trunkline.sandbox.telephone.verbs.meeting import MUSIC

PAGES: dict[str, Reply] = {"/after": twiml("<Say>after</Say>"), "/log": ""}


async def enters(there: World, attributes: str = "", *, wait: str = 'waitUrl=""') -> Phone:
    """Somebody goes into the room, where it is silent until it starts."""
    there.customer.pages["/voice"] = twiml(
        f'<Dial action="/after"><Conference {wait} {attributes}>room</Conference></Dial>'
    )
    phone = await there.call()
    await phone.answered()
    await asyncio.sleep(0.1)
    return phone


async def test_all_in_a_room_hear_each_other_until_one_leaves() -> None:
    async with world(pages=PAGES) as there:
        one, two, three = [await enters(there) for _ in range(3)]
        await one.say(b"\x10" * 1600)
        await two.say(b"\x20" * 1600)
        assert two.heard.replace(SILENCE, b"") == b"\x10" * 1600
        assert one.heard.replace(SILENCE, b"") == b"\x20" * 1600
        assert three.heard.replace(SILENCE, b"") == b"\x10" * 1600 + b"\x20" * 1600
        await three.hang_up()
        await three.ended()
        await one.say(b"\x11" * 160)
        assert two.heard.replace(SILENCE, b"") == b"\x10" * 1600 + b"\x11" * 160
        assert three.heard.replace(SILENCE, b"") == b"\x10" * 1600 + b"\x20" * 1600
        assert (one.status, two.status) == ("in-progress", "in-progress")


async def test_a_room_begins_with_somebody_who_starts_it() -> None:
    async with world(pages=PAGES) as there:
        guest = await enters(there, 'startConferenceOnEnter="false"')
        other = await enters(there, 'startConferenceOnEnter="false"')
        await guest.say(b"\x10" * 160)
        assert other.heard.replace(SILENCE, b"") == b""
        host = await enters(there)
        await guest.say(b"\x11" * 160)
        assert host.heard.replace(SILENCE, b"") == other.heard.replace(SILENCE, b"") == b"\x11" * 160


async def test_a_room_ends_with_somebody_who_ends_it() -> None:
    async with world(pages=PAGES) as there:
        guest, host = await enters(there), await enters(there, 'endConferenceOnExit="true"')
        await host.hang_up()
        await guest.ended()
        guests, hosts = sorted(there.customer.asked("/after"), key=lambda a: a.form["CallSid"] != guest.sid)
        assert (guests.form["DialCallStatus"], guests.form["CallStatus"]) == ("answered", "in-progress")
        assert hosts.form["CallStatus"] == "completed"
        assert said(guest) == ["after"]
        again = await enters(there)
        assert len(there.carrier.phones) == 3
        assert again.status == "in-progress"


async def test_a_full_room_is_not_entered() -> None:
    async with world(pages=PAGES) as there:
        for _ in range(2):
            await enters(there, 'maxParticipants="2"')
        late = await enters(there, 'maxParticipants="2"')
        await late.ended()
        assert there.customer.asked("/after")[0].form["DialCallStatus"] == "failed"


async def test_music_is_heard_until_it_starts() -> None:
    async with world(pages=PAGES) as there:
        guest = await enters(there, 'startConferenceOnEnter="false"', wait="")
        await asyncio.sleep(10)
        assert guest.heard[-8000:].count(SILENCE) < 1000
        assert [record.url for record in guest.log.of(Played)] == [MUSIC]
        host = await enters(there)
        await asyncio.sleep(0.1)
        before = len(guest.heard)
        await asyncio.sleep(1)
        assert guest.heard[before:].replace(SILENCE, b"") == b""
        await host.hang_up()


async def test_a_page_of_the_customer_is_heard_again_and_again_until_it_starts() -> None:
    pages = {**PAGES, "/wait": twiml("<Say>please wait</Say>")}
    async with world(pages=pages, voice=lambda _: b"\x10" * 8000) as there:
        guest = await enters(there, 'startConferenceOnEnter="false"', wait='waitUrl="/wait"')
        await asyncio.sleep(5)
        assert said(guest) == ["please wait"] * 3
        await enters(there)
        await asyncio.sleep(5)
        assert said(guest) == ["please wait"] * 3


async def test_a_rooms_events_can_be_followed() -> None:
    events = 'statusCallback="/log" statusCallbackEvent="start end join leave"'
    async with world(pages=PAGES) as there:
        one = await enters(there, events)
        await one.hang_up()
        await one.ended()
        told = [
            (asked.form["StatusCallbackEvent"], asked.form["CallSid"])
            for asked in there.customer.asked("/log")
        ]
        assert told == [
            (event, one.sid)
            for event in ("participant-join", "conference-start", "participant-leave", "conference-end")
        ]


QUEUE = '<Enqueue action="/left" {wait}>support</Enqueue>'


async def queued(there: World, wait: str = 'waitUrl=""') -> Phone:
    there.customer.pages["/voice"] = twiml(QUEUE.format(wait=wait))
    phone = await there.call()
    await phone.answered()
    await asyncio.sleep(0.1)
    return phone


async def dials(there: World, attributes: str = "") -> Phone:
    there.customer.pages["/agent"] = twiml(
        f'<Dial action="/after" {attributes}><Queue>support</Queue></Dial>'
    )
    return await there.call("/agent")


def results(there: World) -> list[str]:
    return [asked.form["QueueResult"] for asked in there.customer.asked("/left")]


async def test_who_came_first_is_dialled_first() -> None:
    async with world(pages={**PAGES, "/left": twiml("<Say>bye</Say>")}) as there:
        first, second = await queued(there), await queued(there)
        agent = await dials(there)
        await asyncio.sleep(0.2)
        await first.say(b"\x10" * 160)
        await agent.say(b"\x20" * 160)
        assert agent.heard.replace(SILENCE, b"") == b"\x10" * 160
        assert first.heard.replace(SILENCE, b"") == b"\x20" * 160
        assert second.heard.replace(SILENCE, b"") == b""
        await agent.hang_up()
        await first.ended()
        assert results(there) == ["bridged"]
        assert said(first) == ["bye"]
        assert there.customer.asked("/after")[0].form["DialCallStatus"] == "completed"


async def test_a_queue_that_is_dialled_too_early_waits_for_the_next_to_come() -> None:
    async with world(pages={**PAGES, "/left": ""}) as there:
        agent = await dials(there)
        await asyncio.sleep(10)
        caller = await queued(there)
        await caller.say(b"\x10" * 160)
        assert agent.heard.replace(SILENCE, b"") == b"\x10" * 160
        await caller.hang_up()
        await agent.ended()
        assert said(agent) == ["after"]


async def test_an_empty_queue_is_given_up() -> None:
    async with world(pages=PAGES) as there:
        agent = await dials(there, 'timeout="5"')
        await agent.ended()
        assert there.customer.asked("/after")[0].form["DialCallStatus"] == "no-answer"


async def test_a_caller_may_leave_the_queue_by_what_is_heard_in_it() -> None:
    pages = {**PAGES, "/left": twiml("<Say>left</Say>"), "/wait": twiml("<Say>wait</Say>", "<Leave/>")}
    async with world(pages=pages) as there:
        caller = await queued(there, 'waitUrl="/wait"')
        await caller.ended()
        assert results(there) == ["leave"]
        assert said(caller) == ["wait", "left"]
        assert there.customer.asked("/wait")[0].form["QueueSid"].startswith("QU")


async def test_leaving_without_a_queue_is_a_mistake() -> None:
    async with world(pages={"/voice": twiml("<Leave/>", "<Say>on</Say>")}) as there:
        phone = await there.through()
        assert (codes(phone), said(phone)) == ([12200], ["on"])
        assert len(phone.log.of(Warned)) == 1


@pytest.mark.parametrize("while_talking", [False, True])
async def test_a_caller_who_hangs_up_is_in_no_queue(while_talking: bool) -> None:
    async with world(pages={**PAGES, "/left": ""}) as there:
        caller = await queued(there)
        agent = await dials(there) if while_talking else None
        await asyncio.sleep(60)
        await caller.hang_up()
        await caller.ended()
        (asked,) = there.customer.asked("/left")
        assert asked.form["CallStatus"] == "completed"
        assert asked.form["QueueResult"] == ("bridged" if while_talking else "hangup")
        assert asked.form["QueueTime"] == "60"
        if agent is not None:
            await agent.ended()
        assert not there.carrier._exchange.rooms.line("support").places
