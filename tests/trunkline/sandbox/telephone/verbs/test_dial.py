"""``<Dial>``: the call is connected to another one."""

import asyncio

import pytest

from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import World, codes, said, world
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Answered, LegEnded

DENTIST = "+15550123"

PAGES: dict[str, Reply] = {"/after": twiml("<Say>after</Say>"), "/leg": ""}

DIAL = f'<Dial action="/after">{DENTIST}</Dial>'


def outcome(there: World) -> dict[str, str]:
    (asked,) = there.customer.asked("/after")
    return {name: value for name, value in asked.form.items() if name.startswith("Dial")}


async def dialled(there: World, page: str) -> tuple[Phone, Phone]:
    """The call, and the phone of the dentist."""
    there.customer.pages["/voice"] = twiml(page)
    phone = await there.call()
    return phone, await there.carrier.callee(DENTIST)


async def test_a_callee_who_hangs_up_gives_the_call_back() -> None:
    async with world(pages=PAGES, callees={DENTIST: Callee(ring=3, stays=10)}) as there:
        phone, leg = await dialled(there, DIAL)
        await phone.ended()
        assert outcome(there) == {
            "DialCallStatus": "completed",
            "DialCallSid": leg.sid,
            "DialCallDuration": "10",
            "DialBridged": "true",
        }
        assert there.customer.asked("/after")[0].form["CallStatus"] == "in-progress"
        assert said(phone) == ["after"]
        assert leg.call.parent_sid == phone.sid
        assert (leg.call.direction, leg.call.from_, leg.status) == ("outbound-dial", "+15550199", "completed")
        (ended,) = phone.log.of(LegEnded)
        assert (ended.to, ended.outcome, ended.duration) == (DENTIST, "completed", 10)


async def test_the_two_hear_each_other() -> None:
    async with world(pages=PAGES, callees={DENTIST: Callee(ring=1)}) as there:
        phone, leg = await dialled(there, DIAL)
        await leg.answered()
        await asyncio.sleep(0.5)
        await phone.say(b"\x10" * 1600)
        await leg.say(b"\x20" * 1600)
        assert leg.heard.strip(SILENCE) == b"\x10" * 1600
        assert phone.heard.strip(SILENCE) == b"\x20" * 1600
        await leg.hang_up()
        await phone.until(LegEnded)
        await phone.say(b"\x11" * 160)
        assert leg.heard.strip(SILENCE) == b"\x10" * 1600


@pytest.mark.parametrize(
    ("callee", "status", "seconds"),
    [
        (Callee(outcome="busy", ring=1), "busy", 1),
        (Callee(outcome="no-answer"), "no-answer", 30),
        (Callee(ring=31), "no-answer", 30),
        (Callee(outcome="failed"), "failed", 0),
    ],
)
async def test_who_does_not_answer(callee: Callee, status: str, seconds: float) -> None:
    async with world(pages=PAGES, callees={DENTIST: callee}) as there:
        phone, leg = await dialled(there, DIAL)
        await phone.until(LegEnded)
        assert there.now == pytest.approx(seconds, abs=0.01)
        await phone.ended()
        assert outcome(there) == {"DialCallStatus": status, "DialCallSid": leg.sid, "DialBridged": "false"}


async def test_a_caller_who_hangs_up_ends_the_other_call_and_the_action_hears_of_it() -> None:
    async with world(pages=PAGES) as there:
        phone, leg = await dialled(there, DIAL)
        await leg.answered()
        await asyncio.sleep(1)
        await phone.hang_up()
        await phone.ended()
        await leg.ended()
        assert leg.status == "completed"
        (asked,) = there.customer.asked("/after")
        assert (asked.form["CallStatus"], asked.form["DialCallStatus"]) == ("completed", "completed")
        assert asked.form["DialCallDuration"] == "1"
        assert said(phone) == []


async def test_a_caller_who_hangs_up_while_it_rings_cancels_the_other_call() -> None:
    async with world(pages=PAGES, callees={DENTIST: Callee(ring=20)}) as there:
        phone, leg = await dialled(there, DIAL)
        await asyncio.sleep(5)
        await phone.hang_up()
        await leg.ended()
        await phone.ended()
        assert leg.status == "canceled"
        assert there.customer.asked("/after")[0].form["DialCallStatus"] == "canceled"


async def test_without_an_action_the_next_verb_follows() -> None:
    page = f"<Dial>{DENTIST}</Dial><Say>next</Say>"
    async with world(pages=PAGES, callees={DENTIST: Callee(stays=1)}) as there:
        phone, _ = await dialled(there, page)
        await phone.ended()
        assert said(phone) == ["next"]


async def test_the_first_to_answer_is_connected_and_the_others_are_let_go() -> None:
    slow, fast = "+15550124", DENTIST
    page = f'<Dial action="/after"><Number>{slow}</Number><Number>{fast}</Number></Dial>'
    callees = {slow: Callee(ring=5), fast: Callee(ring=2, stays=1)}
    async with world(pages=PAGES, callees=callees) as there:
        phone, leg = await dialled(there, page)
        other = await there.carrier.callee(slow)
        await phone.ended()
        assert outcome(there)["DialCallSid"] == leg.sid
        assert (other.status, leg.status) == ("canceled", "completed")


async def test_one_who_is_busy_does_not_stop_the_other_from_answering() -> None:
    page = f"<Dial action='/after'><Number>+15550124</Number><Number>{DENTIST}</Number></Dial>"
    callees = {"+15550124": Callee(outcome="busy", ring=1), DENTIST: Callee(stays=1)}
    async with world(pages=PAGES, callees=callees) as there:
        phone, leg = await dialled(there, page)
        await phone.ended()
        assert outcome(there)["DialCallSid"] == leg.sid


async def test_the_callee_may_hear_something_before_being_connected() -> None:
    page = f'<Dial action="/after"><Number url="/whisper">{DENTIST}</Number></Dial>'
    pages: dict[str, Reply] = {**PAGES, "/whisper": twiml("<Say>a patient</Say>")}
    async with world(
        pages=pages, callees={DENTIST: Callee(stays=9)}, voice=lambda _: b"\x10" * 8000
    ) as there:
        phone, leg = await dialled(there, page)
        await phone.ended()
        assert said(leg) == ["a patient"]
        assert leg.heard.strip(SILENCE) == b"\x10" * 8000
        assert outcome(there)["DialCallDuration"] == "8"
        (asked,) = there.customer.asked("/whisper")
        assert (asked.form["CallSid"], asked.form["ParentCallSid"]) == (leg.sid, phone.sid)


async def test_a_callee_whose_document_fails_is_not_connected() -> None:
    page = f'<Dial action="/after"><Number url="/broken">{DENTIST}</Number></Dial>'
    async with world(pages={**PAGES, "/broken": "oops"}) as there:
        phone, leg = await dialled(there, page)
        await phone.ended()
        assert (codes(leg), outcome(there)["DialCallStatus"]) == ([12100], "failed")


async def test_a_legs_progress_can_be_followed() -> None:
    attributes = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
    page = f"<Dial><Number {attributes}>{DENTIST}</Number></Dial>"
    async with world(pages=PAGES, callees={DENTIST: Callee(stays=1)}) as there:
        phone, leg = await dialled(there, page)
        await phone.ended()
        await leg.ended()
        told = [
            (asked.form["CallStatus"], asked.form["SequenceNumber"]) for asked in there.customer.asked("/leg")
        ]
        assert told == [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]


async def test_the_call_may_ring_on_until_the_two_are_connected() -> None:
    page = f'<Dial answerOnBridge="true" action="/after">{DENTIST}</Dial>'
    async with world(pages=PAGES, callees={DENTIST: Callee(ring=4, stays=1)}) as there:
        phone, _ = await dialled(there, page)
        assert (await phone.until(Answered)).at == 4


async def test_time_is_limited() -> None:
    page = f'<Dial action="/after" timeLimit="60">{DENTIST}</Dial>'
    async with world(pages=PAGES) as there:
        phone, leg = await dialled(there, page)
        await phone.ended()
        assert outcome(there)["DialCallDuration"] == "60"
        assert leg.status == "completed"


async def test_a_star_hangs_up_if_it_is_to() -> None:
    page = f'<Dial action="/after" hangupOnStar="true">{DENTIST}</Dial>'
    async with world(pages=PAGES) as there:
        phone, leg = await dialled(there, page)
        await leg.answered()
        await asyncio.sleep(0.1)
        await phone.press("1*")
        await phone.ended()
        assert outcome(there)["DialCallStatus"] == "completed"
        assert said(phone) == ["after"]


async def test_the_talk_can_be_recorded() -> None:
    page = f'<Dial action="/after" record="record-from-answer-dual">{DENTIST}</Dial>'
    async with world(pages=PAGES, callees={DENTIST: Callee(stays=3)}) as there:
        phone, _ = await dialled(there, page)
        await phone.ended()
        form = there.customer.asked("/after")[0].form
        assert form["RecordingDuration"] == "3"
        assert "RecordingUrl" in form


async def test_clients_and_caller_ids() -> None:
    page = '<Dial callerId="+15550100"><Client>anna</Client></Dial>'
    async with world(pages={**PAGES, "/voice": twiml(page)}) as there:
        await there.call()
        leg = await there.carrier.callee("client:anna")
        assert leg.call.from_ == "+15550100"


async def test_a_room_is_waited_in_until_the_caller_leaves() -> None:
    page = '<Dial action="/after"><Conference>room</Conference></Dial>'
    async with world(pages={**PAGES, "/voice": twiml(page)}) as there:
        phone = await there.call()
        await asyncio.sleep(100)
        assert phone.status == "in-progress"
        await phone.hang_up()
        await phone.ended()
        assert len(there.customer.asked("/after")) == 1


async def test_nobody_to_dial_is_a_failure() -> None:
    async with world(pages={**PAGES, "/voice": twiml('<Dial action="/after"/>')}) as there:
        phone = await there.through()
        assert (codes(phone), outcome(there)["DialCallStatus"]) == ([12200], "failed")
