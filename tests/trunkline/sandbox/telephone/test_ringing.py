"""A phone that is rung."""

import asyncio
from typing import Any

import pytest

from processors.g711 import SILENCE
from tests.trunkline.sandbox.telephone.lines import World, world
from trunkline.sandbox.telephone.callee import Callee
from trunkline.sandbox.telephone.faults import SOUND
from trunkline.sandbox.telephone.interruption import CallOver
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.ringing import beep, ring

NUMBER = "+15550123"


def phone_of(there: World) -> Phone:
    exchange = there.carrier._exchange
    call = there.carrier._resource(NUMBER, "+15550100", "outbound-api", {})
    return Phone(exchange, call, None, SOUND)


async def test_an_answer_begins_with_a_greeting_and_ends_when_the_callee_has_had_enough() -> None:
    callee = Callee(ring=3, greeting=b"\x10" * 160, stays=5)
    async with world(callees={NUMBER: callee}) as there:
        phone = phone_of(there)
        await ring(phone, 60)
        assert (phone.status, phone.answered_at) == ("in-progress", 3)
        await phone.ended()
        assert there.now == 8
        assert phone.said.strip(SILENCE) == b"\x10" * 160


@pytest.mark.parametrize(
    ("callee", "status", "seconds"),
    [
        ({"outcome": "busy", "ring": 4}, "busy", 4),
        ({"outcome": "no-answer", "ring": 1}, "no-answer", 20),
        ({"ring": 21}, "no-answer", 20),
        ({"outcome": "failed"}, "failed", 0),
    ],
)
async def test_a_call_that_is_not_answered_is_over(
    callee: dict[str, Any], status: str, seconds: float
) -> None:
    async with world(callees={NUMBER: Callee(**callee)}) as there:
        phone = phone_of(there)
        with pytest.raises(CallOver):
            await ring(phone, 20)
        assert (phone.status, there.now) == (status, seconds)


async def test_a_callee_may_be_a_function_of_the_number() -> None:
    async with world(
        callees=lambda number: Callee(outcome="busy" if number == NUMBER else "answer")
    ) as there:
        with pytest.raises(CallOver):
            await ring(phone_of(there), 20)


async def test_ringing_can_be_interrupted() -> None:
    async with world(callees={NUMBER: Callee(ring=10)}) as there:
        phone = phone_of(there)
        ringing = asyncio.create_task(ring(phone, 60))
        await asyncio.sleep(1)
        assert phone.status == "ringing"
        await phone.hang_up()
        with pytest.raises(CallOver):
            await ringing
        assert phone.status == "busy"


async def test_a_machine_beeps_and_records_from_then_on() -> None:
    async with world(callees={NUMBER: Callee(who="machine", beep=2.0)}) as there:
        phone = phone_of(there)
        await ring(phone, 60)
        await asyncio.sleep(2.1)
        assert phone.recorded == b""
        await asyncio.sleep(1.3)
        assert len(phone.recorded) == pytest.approx(8000, abs=200)
        assert phone.said.strip(SILENCE) == beep().strip(SILENCE)
        await phone.hang_up()
        await phone.ended()
