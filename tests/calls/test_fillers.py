"""A tool that takes long: the caller hears that somebody is at work, and the reply is no later for it."""

import asyncio
from pathlib import Path
from typing import Any

from processors.tools import tool
from tests.calls.town import GREETING, QUESTION, Town, heard, hears, make_line, said, town
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived

CHECK = "Let me check that for you."
STILL = "Just one more moment."


@tool(timeout=60)
async def look_up(call: Call, seconds: float) -> str:
    """Look it up.

    Args:
        seconds: how long it takes.
    """
    call.data["began"] = call.data.get("began", 0) + 1
    await asyncio.sleep(seconds)
    call.data["done"] = asyncio.get_running_loop().time()
    return "It is on Friday."


@tool(filler="The calendar is slow today.")
async def calendar(call: Call) -> str:
    """Look into the calendar."""
    await asyncio.sleep(3)
    return "It is on Monday."


@tool(filler="", interruptible=False)
async def book(call: Call) -> str:
    """Book it."""
    await asyncio.sleep(4)
    call.data["booked"] = True
    return "It is booked."


@tool(interruptible=False)
async def order(call: Call) -> str:
    """Order it."""
    await asyncio.sleep(4)
    call.data["ordered"] = True
    return "It is ordered."


def rules(seconds: float) -> list[Rule]:
    return [
        Rule("close today", None, ("look_up", {"seconds": seconds})),
        Rule("hello", None, ("calendar", {})),
        Rule("one moment", None, ("book", {})),
        Rule("goodbye", None, ("order", {})),
        Rule(r"no thank you\W*$", "All right, I stop."),
    ]


def line(**values: Any) -> Any:
    return make_line(tools=[look_up, calendar, book, order], fillers=(CHECK, STILL), **values)


async def asked(place: Town, question: str = QUESTION) -> tuple[Phone, float]:
    """A caller whose question makes a tool run, and when it was over."""
    phone = await place.call()
    await hears(phone, GREETING)
    await phone.say(said(question))
    return phone, asyncio.get_running_loop().time()


async def over(place: Town, phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()
    await place.left(phone)


async def test_a_slow_tool_is_filled_and_the_model_never_learns_of_it(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(5)) as place:
        phone, since = await asked(place)
        await hears(phone, CHECK[:3])
        assert 1.5 < asyncio.get_running_loop().time() - since < 2.5
        await hears(phone, CHECK + "It is on Friday.")
        assert CHECK not in str(place.messages())
        await over(place, phone)


async def test_a_quick_tool_is_not(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(1.2)) as place:
        phone, _ = await asked(place)
        await hears(phone, "It is on Friday.")
        assert heard(phone) == GREETING + "It is on Friday."
        await over(place, phone)


async def test_a_very_slow_tool_gets_each_text_once(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(30)) as place:
        phone, _ = await asked(place)
        await hears(phone, "It is on Friday.", timeout=40)
        assert heard(phone) == GREETING + CHECK + STILL + "It is on Friday."
        await over(place, phone)


async def test_a_tool_has_a_filler_of_its_own_or_none(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(5)) as place:
        phone, _ = await asked(place, "hello")
        await hears(phone, "The calendar is slow today.It is on Monday.")
        await phone.say(said("one moment"))
        await hears(phone, "It is booked.")
        assert heard(phone).endswith("It is on Monday.It is booked.")
        await over(place, phone)


async def test_the_reply_is_ready_when_the_filler_ends(tmp_path: Path) -> None:
    # The tool is done while the filler is being said, and the model takes half a second.
    pace = {"first_token_ms": 500}
    async with town(tmp_path, line(), rules=rules(2.0), openai=pace) as place:
        phone, _ = await asked(place)
        await hears(phone, CHECK)
        filled = asyncio.get_running_loop().time()
        await hears(phone, "It")
        assert asyncio.get_running_loop().time() - filled < 0.3
        await hears(phone, CHECK + "It is on Friday.")
        assert len(place.world.openai.requests) == 2
        await over(place, phone)


async def test_a_barge_in_cuts_the_filler_and_the_tool(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(5)) as place:
        phone, _ = await asked(place)
        await hears(phone, CHECK[:5])
        before = len(phone.log)
        await phone.say(said("no thank you"))
        await phone.until(ClearReceived, since=before)
        await hears(phone, "All right, I stop.")
        await asyncio.sleep(8)
        assert CHECK not in heard(phone)
        assert STILL not in heard(phone)
        assert "Friday" not in heard(phone)
        assert CHECK[:5] not in str(place.messages())
        await over(place, phone)


async def test_a_barge_in_before_the_filler_leaves_it_unsaid(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(5)) as place:
        phone, _ = await asked(place)
        await asyncio.sleep(1.2)
        await phone.say(said("no thank you"))
        await hears(phone, "All right, I stop.")
        await asyncio.sleep(8)
        assert heard(phone) == GREETING + "All right, I stop."
        await over(place, phone)


async def test_a_tool_that_the_caller_does_not_wait_for_any_more_is_not_filled(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules(5)) as place:
        phone, _ = await asked(place, "goodbye")
        await asyncio.sleep(1.0)
        await phone.say(said("no thank you"))
        await hears(phone, "All right, I stop.")
        await asyncio.sleep(8)
        assert CHECK not in heard(phone)
        assert place.service.switchboard.calls[phone.sid].call.data["ordered"]
        await over(place, phone)
