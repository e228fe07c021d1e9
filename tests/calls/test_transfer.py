"""A caller is put through to somebody: announced, heard, dialled, and taken back when nobody answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from processors.g711 import SILENCE
from tests.calls.town import (
    GREETING,
    NUMBER,
    PRICE,
    PRICE_QUESTION,
    Town,
    heard,
    hears,
    make_line,
    outside,
    said,
    serving,
    town,
)
from tests.calls.wire import Wire, form
from tests.trunkline.sandbox.customer import Customer, twiml
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted, StreamStopped, VerbRun, WebhookAnswered
from trunkline.server.twiml import NEXT, asking
from trunkline.transfers.destinations import Number, QueueNamed
from trunkline.transfers.settling import GRACE
from trunkline.transfers.transfer import Result, Transfer

DESK = "+15550123"
WORDS = "I am putting you through to the desk."
SORRY = "The desk is busy. What else?"
RULES = (Rule("close today", None, ("put_through", {})), Rule("check-up|check up", PRICE))
QUESTION = "what time do you close today"


def desk(**manner: Any) -> Any:
    """A line with a tool of its own that puts callers through; what came of it is kept in the call."""
    options = {"to": DESK, "words": WORDS, "unanswered": SORRY, **manner}

    async def put_through(call: Call) -> str:
        """Put the caller through."""
        call.data["came"] = str(await call.transfer(options["to"], **without(options, "to")))
        return "done"

    return make_line(tools=[put_through])


def without(options: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != name}


async def asks(place: Town, **options: Any) -> Phone:
    """A caller has asked to be put through, after a turn of talk."""
    phone = await place.call(**options)
    await hears(phone, GREETING)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)
    await phone.say(said(QUESTION))
    return phone


def verbs(phone: Phone) -> list[str]:
    return [record.name for record in phone.log.of(VerbRun)]


@asynccontextmanager
async def pages() -> AsyncIterator[Customer]:
    """A server beside ours, of whoever staffs the queue."""
    async with Customer() as customer:
        yield customer


async def test_somebody_answers_when_the_announcement_was_heard(tmp_path: Path) -> None:
    async with town(tmp_path, desk(), rules=RULES, carrier={"callees": {DESK: Callee(stays=10)}}) as place:
        phone = await asks(place)
        human = await place.world.carrier.callee(DESK)
        (stopped,) = phone.log.of(StreamStopped)
        assert heard(phone).endswith(WORDS)
        assert stopped.by == "server"
        await human.answered()
        assert place.service.switchboard.calls == {}
        assert place.world.deepgram.listen.open == []
        await asyncio.sleep(0.1)
        await phone.say(b"\x10" * 1600)
        await human.say(b"\x20" * 1600)
        assert human.heard.replace(SILENCE, b"") == b"\x10" * 1600
        assert phone.heard.replace(SILENCE, b"").endswith(b"\x20" * 1600)
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("transferring", "to a number")
        await phone.ended()
        assert verbs(phone) == ["Connect", "Dial", "Hangup"]
        (dial,) = [record for record in phone.log.of(VerbRun) if record.name == "Dial"]
        assert dial.attributes == {
            "action": asking(NEXT),
            "answerOnBridge": "true",
            "method": "POST",
            "timeout": "25",
        }
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("transferred", "to a number")


@pytest.mark.parametrize(
    ("callee", "waits"),
    [
        (Callee(outcome="busy", ring=1), 1),
        (Callee(outcome="no-answer"), 25),
        (Callee(outcome="failed"), 0),
    ],
)
async def test_when_nobody_answers_the_conversation_goes_on(
    tmp_path: Path, callee: Callee, waits: float
) -> None:
    async with town(tmp_path, desk(), rules=RULES, carrier={"callees": {DESK: callee}}) as place:
        phone = await asks(place)
        dial = await phone.until(lambda r: isinstance(r, VerbRun) and r.name == "Dial")
        again = await phone.until(StreamStarted, since=len(phone.log))
        assert again.at - dial.at == pytest.approx(waits, abs=2)
        await hears(phone, SORRY)
        assert heard(phone).endswith(WORDS + SORRY)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, SORRY + PRICE)
        contents = [m["content"] for m in place.messages() if m["role"] != "tool" and m.get("content")]
        assert contents == [
            GREETING,
            PRICE_QUESTION,
            PRICE,
            QUESTION,
            WORDS,
            SORRY,
            PRICE_QUESTION,
        ]
        await phone.hang_up()
        await phone.ended()
        row = await place.row(phone)
        assert (row.outcome, row.then) == ("caller-hung-up", None)


@pytest.mark.parametrize(
    ("to", "noun", "reason"),
    [
        ("sip:desk@example.com", "<Sip>sip:desk@example.com</Sip>", "to a sip"),
        (Number(DESK), f"<Number>{DESK}</Number>", "to a number"),
    ],
)
async def test_a_sip_address_is_dialled(tmp_path: Path, to: Any, noun: str, reason: str) -> None:
    callees = {"sip:desk@example.com": Callee(stays=5), DESK: Callee(stays=5)}
    line = desk(to=to, caller_id=NUMBER, ring_seconds=40)
    async with town(tmp_path, line, rules=RULES, carrier={"callees": callees}) as place:
        phone = await asks(place)
        await phone.ended()
        answers = [record.body for record in phone.log.of(WebhookAnswered)]
        assert any(
            f'callerId="{NUMBER}" method="POST" timeout="40">{noun}</Dial>' in body for body in answers
        )
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("transferred", reason)


async def test_a_queue_is_waited_in_until_somebody_dials_it(tmp_path: Path) -> None:
    async with town(tmp_path, desk(to="queue:support"), rules=RULES) as place, pages() as customer:
        phone = await asks(place)
        await phone.until(lambda r: isinstance(r, VerbRun) and r.name == "Enqueue")
        await asyncio.sleep(5)
        customer.pages["/agent"] = twiml("<Dial><Queue>support</Queue></Dial>")
        agent = await place.world.carrier.call(customer.url("/agent"), to="+15550188")
        await asyncio.sleep(0.2)
        await phone.say(b"\x10" * 160)
        assert agent.heard.replace(SILENCE, b"") == b"\x10" * 160
        await agent.hang_up()
        await phone.ended()
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("transferred", "to a queue")


async def test_a_caller_who_leaves_the_queue_goes_on_talking(tmp_path: Path) -> None:
    async with pages() as customer:
        customer.pages["/wait"] = twiml("<Say>wait</Say>", "<Leave/>")
        line = desk(to=QueueNamed("support", customer.url("/wait")))
        async with town(tmp_path, line, rules=RULES) as place:
            phone = await asks(place)
            await hears(phone, SORRY)
            assert verbs(phone) == ["Connect", "Enqueue", "Say", "Leave", "Connect"]
            await phone.hang_up()
            await phone.ended()
            assert (await place.row(phone)).outcome == "caller-hung-up"


async def test_a_caller_who_speaks_into_the_announcement_keeps_the_conversation(tmp_path: Path) -> None:
    came: list[Result] = []

    async def put_through(call: Call) -> str:
        """Put the caller through."""
        try:
            came.append(await call.transfer(DESK, words=WORDS))
        except asyncio.CancelledError:
            came.append(Result.CALLED_OFF)
            raise
        return str(came[-1])

    rules = (*RULES, Rule("no thank", "All right, I stop."))
    async with town(tmp_path, make_line(tools=[put_through]), rules=rules) as place:
        phone = await asks(place)
        await hears(phone, WORDS[:10])
        await phone.say(said("no thank you"))
        await hears(phone, "All right, I stop.")
        await asyncio.sleep(10)
        assert came == [Result.CALLED_OFF]
        assert WORDS not in heard(phone)
        assert verbs(phone) == ["Connect"]
        (tool,) = [m for m in place.messages() if m["role"] == "tool"]
        assert "because the caller spoke" in tool["content"] or str(Result.CALLED_OFF) in tool["content"]
        session = place.service.switchboard.calls[phone.sid]
        assert await session.call.transfer("+15550124", words="") is Result.GONE  # another is free to go
        await phone.hang_up()
        await phone.ended()


async def test_what_must_be_heard_is_heard_and_then_the_call_goes(tmp_path: Path) -> None:
    line = desk(interruptible=False)
    async with town(tmp_path, line, rules=RULES, carrier={"callees": {DESK: Callee(stays=2)}}) as place:
        phone = await asks(place)
        await hears(phone, WORDS[:10])
        await phone.say(said("no thank you"))
        await phone.ended()
        assert heard(phone).endswith(WORDS)
        assert (await place.row(phone)).outcome == "transferred"


async def test_a_caller_who_hangs_up_while_it_rings_has_hung_up(tmp_path: Path) -> None:
    async with town(tmp_path, desk(), rules=RULES, carrier={"callees": {DESK: Callee(ring=20)}}) as place:
        phone = await asks(place)
        human = await place.world.carrier.callee(DESK)
        await asyncio.sleep(3)
        await phone.hang_up()
        await phone.ended()
        assert human.status == "canceled"
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("caller-hung-up", "to a number")


async def test_the_same_question_gets_the_same_answer(tmp_path: Path) -> None:
    async with (
        town(tmp_path, desk(), rules=RULES, carrier={"callees": {DESK: Callee(ring=20, stays=5)}}) as place,
        Wire(place) as wire,
    ):
        phone = await asks(place)
        await place.world.carrier.callee(DESK)
        once = form(phone.sid, CallStatus="in-progress")
        again = [await wire.post("/twilio/next", once) for _ in range(2)]
        assert all(f">{DESK}</Number></Dial>" in answer.text for answer in again)
        done = {**once, "DialCallStatus": "completed"}
        answers = [await wire.post("/twilio/next", done) for _ in range(2)]
        assert all(answer.text.endswith("<Response><Hangup /></Response>") for answer in answers)
        assert (await place.row(phone)).outcome == "transferred"
        await wire.post("/twilio/next", {**once, "DialCallStatus": "no-answer"})
        assert place.service.switchboard.calls == {}
        await phone.hang_up()
        await phone.ended()


async def test_a_dial_that_failed_and_is_told_of_twice_is_one_conversation(tmp_path: Path) -> None:
    callees = {DESK: Callee(outcome="busy", ring=1)}
    async with (
        town(tmp_path, desk(), rules=RULES, carrier={"callees": callees}) as place,
        Wire(place) as wire,
    ):
        phone = await asks(place)
        await hears(phone, SORRY)
        session = place.service.switchboard.calls[phone.sid]
        busy = form(phone.sid, CallStatus="in-progress", DialCallStatus="busy")
        assert "<Connect" in (await wire.post("/twilio/next", busy)).text
        assert place.service.switchboard.calls[phone.sid] is session
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, SORRY + PRICE)
        await phone.hang_up()
        await phone.ended()


@pytest.mark.parametrize("outcome", ["completed", "busy"])
async def test_another_process_goes_on_when_the_first_dies_while_it_rings(
    tmp_path: Path, outcome: str
) -> None:
    public, origins = "https://voice.example.com", {"https://voice.example.com": ""}
    options = {"TRUNKLINE_PUBLIC_URL": public, "TRUNKLINE_SECRET": "shared between processes"}
    callee = Callee(ring=5, stays=5) if outcome == "completed" else Callee(outcome="busy", ring=5)
    line = desk()
    async with (
        outside(RULES, carrier={"origins": origins, "callees": {DESK: callee}}) as world,
        serving(world, tmp_path, [line], **options) as first,
        serving(world, tmp_path, [line], **options) as second,
    ):
        origins[public] = first.url
        phone = await world.carrier.call(f"{public}/twilio/voice", to=NUMBER)
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await world.carrier.callee(DESK)
        await first.store.flush()
        origins[public] = second.url
        if outcome == "completed":
            await phone.ended()
        else:
            await hears(phone, SORRY)
            await phone.say(said(PRICE_QUESTION))
            await hears(phone, SORRY + PRICE)
            latest = [m["content"] for m in world.openai.requests[-1].messages[-3:]]
            assert latest == [WORDS, SORRY, PRICE_QUESTION]
            await phone.hang_up()
            await phone.ended()
        await second.store.flush()
        (row,) = await second.store.calls()
        assert row.outcome == ("transferred" if outcome == "completed" else "caller-hung-up")


async def test_another_process_dials_when_the_first_dies_before_it_has_answered(tmp_path: Path) -> None:
    line = desk()
    async with outside(RULES) as world:
        async with serving(world, tmp_path, [line]) as first:
            phone = await world.carrier.call(f"{first.url}/twilio/voice", to=NUMBER)
            await hears(phone, GREETING)
            await phone.say(said(QUESTION))
            await world.carrier.callee(DESK)
        async with town(tmp_path, line) as place, Wire(place) as wire:
            answer = await wire.post("/twilio/next", form(phone.sid, CallStatus="in-progress"))
            assert f'timeout="25"><Number>{DESK}</Number></Dial>' in answer.text


DESKS = {
    "front-desk": Transfer(to=DESK, description="appointments,\n and everything else", words=WORDS),
    "doctor": Transfer(to="+15550124", description="emergencies", unanswered=SORRY),
}
TOOL_RULES = (
    Rule("close today", None, ("transfer_call", {"to": "doctor"})),
    Rule("check-up|check up", None, ("transfer_call", {"to": "front-desk"})),
    Rule("no thank", "All right."),
    Rule("called off|stopped", "You want to stay."),
)


async def test_the_model_puts_callers_through(tmp_path: Path) -> None:
    line = make_line(tools=[], transfers=DESKS)
    async with town(tmp_path, line, rules=TOOL_RULES, carrier={"callees": {DESK: Callee(stays=5)}}) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await phone.ended()
        (tool,) = place.world.openai.requests[0].tools
        about = tool["parameters"]["properties"]["to"]
        assert about["enum"] == ["front-desk", "doctor"]
        assert "front-desk: appointments, and everything else; doctor: emergencies" in about["description"]
        assert heard(phone) == GREETING + WORDS
        row = await place.row(phone)
        assert (row.outcome, row.reason) == ("transferred", "to front-desk (number)")
        assert len(place.world.openai.requests) == 1


async def test_the_model_may_try_again_whom_it_did_not_reach(tmp_path: Path) -> None:
    line = make_line(tools=[], transfers=DESKS)
    callees = {"+15550124": Callee(outcome="busy", ring=1)}
    async with town(tmp_path, line, rules=TOOL_RULES, carrier={"callees": callees}) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        for tries in (1, 2):
            await phone.say(said(QUESTION))
            async with asyncio.timeout(30):
                while heard(phone).count(SORRY) < tries:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        assert len([r for r in phone.log.of(VerbRun) if r.name == "Dial"]) == 2
        await phone.hang_up()
        await phone.ended()


async def test_the_model_is_told_that_a_transfer_was_called_off(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(tools=[], transfers=DESKS), rules=TOOL_RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, WORDS[:10])
        await phone.say(said("no thank you"))
        await hears(phone, "All right.")
        (tool,) = [m for m in place.messages() if m["role"] == "tool"]
        assert "because the caller spoke" in tool["content"] or str(Result.CALLED_OFF) in tool["content"]
        assert verbs(phone) == ["Connect"]
        await phone.hang_up()
        await phone.ended()


@pytest.mark.parametrize(("rings", "outcome"), [(1.0, "transferred"), (20.0, "caller-hung-up")])
async def test_when_the_carrier_never_asks_what_is_next_it_is_asked_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rings: float, outcome: str
) -> None:
    callees = {DESK: Callee(ring=rings)}
    async with town(tmp_path, desk(), rules=RULES, carrier={"callees": callees}) as place:
        phone = await asks(place)
        await place.world.carrier.callee(DESK)

        async def lost(*_: object) -> None:
            raise web.HTTPServiceUnavailable

        monkeypatch.setattr("trunkline.server.webhooks.onward", lost)
        await asyncio.sleep(10)
        await phone.hang_up()
        await phone.ended()
        assert (await place.row(phone)).outcome == "transferring"
        await asyncio.sleep(GRACE + 1)
        row = await place.row(phone)
        assert (row.outcome, row.reason, row.then) == (outcome, "to a number", None)
