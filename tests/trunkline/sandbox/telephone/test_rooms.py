"""Rooms and queues by name."""

import asyncio

from tests.trunkline.sandbox.telephone.lines import world
from trunkline.sandbox.telephone.rooms import Rooms


async def test_a_room_that_has_ended_is_another_one_next_time() -> None:
    async with world() as there:
        rooms, phone = Rooms(), await there.call()
        first = rooms.room("a")
        assert rooms.room("a") is first
        first.enter(phone, starts=True)
        first.leave(phone, ends=False)
        assert first.ended.is_set()
        assert rooms.room("a") is not first
        await phone.ended()


async def test_who_leaves_twice_leaves_once() -> None:
    async with world() as there:
        rooms, phone, told = Rooms(), await there.call(), list[str]()
        room = rooms.room("a")
        room.tell = lambda event, sid: told.append(event)
        room.enter(phone, starts=False)
        room.leave(phone, ends=True)
        room.leave(phone, ends=True)
        assert told == ["participant-join", "participant-leave", "conference-end"]
        await phone.ended()


async def test_whoever_dials_a_queue_takes_one_place_each() -> None:
    async with world() as there:
        line, phone = Rooms().line("q"), await there.call()
        places = [line.join(phone), line.join(phone)]
        assert [await line.next(), await line.next()] == places
        waiting = asyncio.ensure_future(line.next())
        await asyncio.sleep(1)
        assert not waiting.done()
        last = line.join(phone)
        assert await waiting is last
        line.leave(last)
        await phone.ended()
