"""Whoever hangs up, and whenever: the call is over within a second, and nothing of it is left."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pipecat.frames.frames import CancelFrame, EndFrame, Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from tests.calls.leftovers import calls_in_memory, more, running
from tests.calls.town import (
    LONG,
    Town,
    heard,
    hears,
    make_line,
    said,
    town,
)
from tests.calls.wire import Wire, start
from trunkline.call import Call
from trunkline.life import ABANDONED
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.chat_faults import Refuse, Stall
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.telephone.faults import Faults
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted, VerbRun, WebhookAnswered
from trunkline.sandbox.telephone.rest_answers import RestError


async def look_up(call: Call) -> str:
    """Look it up, slowly."""
    call.data["looking"] = True
    await asyncio.sleep(9)
    return "nothing"


async def end_call(call: Call) -> str:
    """End the call."""
    await call.hang_up("Thank you for calling, and goodbye!")
    return "done"


HELLO = "Yes?"
LINE = make_line(greeting=HELLO, apology="Sorry!", tools=[look_up, end_call])
RULES = (
    Rule("hello", LONG),
    Rule("one moment", None, ("look_up", {})),
    Rule("goodbye", None, ("end_call", {})),
)

# What a caller is in the middle of. Each returns when it has been reached.


async def ringing(place: Town) -> Phone:
    phone = await place.ring(faults=Faults(no_start=True))
    await phone.until(WebhookAnswered)
    return phone


async def greeted(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, HELLO[:2])
    return phone


async def listened_to(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, HELLO)
    phone.say(said("hello"))
    await asyncio.sleep(0.3)
    return phone


async def thought_for(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, HELLO)
    place.world.openai.faults.append(Stall())
    asked = len(place.world.openai.requests)
    phone.say(said("hello"))
    while len(place.world.openai.requests) == asked:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return phone


async def spoken_to(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, HELLO)
    phone.say(said("hello"))
    await hears(phone, LONG[:12])
    return phone


async def looked_up_for(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, HELLO)
    phone.say(said("one moment"))
    call = place.service.switchboard.calls[phone.sid].call
    while not call.data:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return phone


async def said_goodbye_to(place: Town) -> Phone:
    phone = await place.call()
    await hears(phone, HELLO)
    phone.say(said("goodbye"))
    await hears(phone, "Thank")
    return phone


STATES: tuple[Callable[[Town], Awaitable[Phone]], ...] = (
    ringing,
    greeted,
    listened_to,
    thought_for,
    spoken_to,
    looked_up_for,
    said_goodbye_to,
)


async def test_hanging_up_ends_everything_within_a_second_whatever_goes_on(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        for reach in STATES:
            phone = await reach(place)
            session = place.service.switchboard.calls[phone.sid]
            began = asyncio.get_running_loop().time()
            await phone.hang_up()
            await session.over()
            assert asyncio.get_running_loop().time() - began < 1.0, reach.__name__
            await phone.ended()
            assert (await place.row(phone)).outcome == "caller-hung-up", reach.__name__
            await asyncio.sleep(0.1)
            assert place.world.deepgram.listen.open == [], reach.__name__
            assert place.world.deepgram.speak.open_sockets == 0, reach.__name__
        assert place.service.switchboard.calls == {}
        (stalled,) = [r for r in place.world.openai.requests if r.cancelled_at is not None]
        assert stalled.messages[-1]["content"].lower() == "hello"


# Ways in which a call ends. Each returns when it has.


async def by_the_agent(place: Town, wire: Wire) -> None:
    phone = await said_goodbye_to(place)
    await phone.ended()
    assert (await place.row(phone)).outcome == "completed"


async def by_the_caller(place: Town, wire: Wire) -> None:
    for reach in (ringing, thought_for, spoken_to):
        phone = await reach(place)
        await phone.hang_up()
        await phone.ended()


async def with_deaf_ears(place: Town, wire: Wire) -> None:
    place.world.deepgram.listen.faults.append(ListenFault(refuse=401))
    await (await place.ring()).ended()


async def without_a_voice(place: Town, wire: Wire) -> None:
    place.world.deepgram.speak.faults.append(SpeakFault(refuse=401))
    await (await place.ring()).ended()


async def without_a_model(place: Town, wire: Wire) -> None:
    place.world.openai.faults.append(Refuse(401))
    phone = await place.call()
    await hears(phone, HELLO)
    phone.say(said("hello"))
    await phone.ended()


async def after_a_broken_stream(place: Town, wire: Wire) -> None:
    phone = await spoken_to(place)
    phone.break_stream()
    await phone.until(StreamStarted, since=len(phone.log))
    await phone.hang_up()
    await phone.ended()


async def after_nonsense(place: Town, wire: Wire) -> None:
    async with wire.stream() as socket:
        await socket.send("{")
        await socket.closed()


async def by_nobody(place: Town, wire: Wire) -> None:
    sid, ticket = await wire.ring()
    async with wire.socket() as socket:
        await socket.send(start(sid, ticket))
        await socket.ws.receive()
    place.world.carrier.refuse(RestError(500, 20500, "no"))  # else it says that there is no such call
    await place.service.switchboard.calls[sid].over()
    await place.service.store.flush()
    outcome = await place.service.store.outcome(sid)
    assert outcome is not None
    assert outcome.kind == ABANDONED.kind


async def while_nobody_reads(place: Town, wire: Wire) -> None:
    phone = await spoken_to(place)
    with phone.suffering(deaf=True):
        await phone.hang_up()
        await phone.ended()


ENDINGS: tuple[Callable[[Town, Wire], Awaitable[None]], ...] = (
    by_the_agent,
    by_the_caller,
    with_deaf_ears,
    without_a_voice,
    without_a_model,
    after_a_broken_stream,
    after_nonsense,
    by_nobody,
    while_nobody_reads,
)


async def test_nothing_is_left_of_a_call_however_it_ended(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place, Wire(place) as wire:
        # Opens what the process keeps: connections to the model and to the database.
        await by_the_agent(place, wire)
        await asyncio.gather(*(place.service.store.calls() for _ in range(5)))
        await asyncio.sleep(1)
        before = running()
        for end in ENDINGS:
            await end(place, wire)
            async with asyncio.timeout(20):
                while place.service.switchboard.calls:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await asyncio.sleep(1)
            await place.service.store.flush()
            assert more(running(), before) == {}, end.__name__
        assert calls_in_memory() == 0


class Stuck(FrameProcessor):
    """Lets nothing through that ends a pipeline, and takes its time over it."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, (CancelFrame, EndFrame)):
            await asyncio.sleep(3600)
        await self.push_frame(frame, direction)


@pytest.mark.parametrize("ending", [True, False])
async def test_a_stage_that_does_not_end_is_ended(tmp_path: Path, ending: bool) -> None:
    line = make_line(greeting=HELLO, stages=[Stuck])
    async with town(tmp_path, line) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        session = place.service.switchboard.calls[phone.sid]
        if ending:
            assert session.call.queue is not None
            await session.call.queue(EndFrame())
            await asyncio.sleep(0.1)
        began = asyncio.get_running_loop().time()
        await phone.hang_up()
        await session.over()
        assert asyncio.get_running_loop().time() - began < 2.0
        await phone.ended()


async def test_a_tool_may_end_the_call_in_pipecat_s_way(tmp_path: Path) -> None:
    async def finish(call: Call) -> str:
        """End the call."""
        await call.say("So long!")
        assert call.queue is not None
        await call.queue(EndFrame())
        return "done"

    rules = [Rule("goodbye", None, ("finish", {}))]
    async with town(tmp_path, make_line(greeting=HELLO, tools=[finish]), rules=rules) as place:
        phone = await place.call()
        await hears(phone, HELLO)
        phone.say(said("goodbye"))
        await phone.ended()
        assert heard(phone) == f"{HELLO}So long!"
        assert phone.log.of(VerbRun)[-1].name == "Hangup"
        assert (await place.row(phone)).outcome == "completed"
