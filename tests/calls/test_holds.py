"""On hold: the caller is asked for patience, told again when it takes long, and not asked for a word."""

import asyncio
from pathlib import Path

from processors.tools import tool
from tests.calls.town import GREETING, QUESTION, heard, hears, make_line, said, town
from trunkline import Idle
from trunkline.call import Call
from trunkline.holding import HOLD, STILL
from trunkline.sandbox.brain import Rule

IDLE = Idle(after=3.0, prompts=("Still there?",))


@tool(timeout=60)
async def ask_the_doctor(call: Call) -> str:
    """Ask the doctor."""
    async with call.hold():
        await asyncio.sleep(30)
    return "The doctor says yes."


RULES = (Rule("close today", None, ("ask_the_doctor", {})), Rule(r"no thank you\W*$", "All right, I stop."))
LINE = make_line(tools=[ask_the_doctor], idle=IDLE, fillers=("Let me check.",))


async def test_a_caller_on_hold_is_told_again_and_is_not_idle(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, "The doctor says yes.", timeout=60)
        assert heard(phone) == GREETING + HOLD + STILL + STILL + "The doctor says yes."
        assert HOLD not in str(place.messages())
        assert STILL not in str(place.messages())
        await hears(phone, "Still there?")
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_a_caller_who_speaks_ends_the_hold_with_the_tool(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, HOLD)
        await asyncio.sleep(2)
        await phone.say(said("no thank you"))
        await hears(phone, "All right, I stop.Still there?")
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
