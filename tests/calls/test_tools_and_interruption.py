"""The caller speaks, moves on or hangs up while a tool runs: what is booked is booked once, and known."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from processors import tool_messages
from processors.tools import Once, tool
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, Town, heard, hears, make_line, said, town
from trunkline.call import Call
from trunkline.line import Line
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.telephone.phone import Phone

SLOT = {"slot": "half past nine"}
LOOKED = "Tuesday is free."


class Office:
    """Where the tools do their work."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        """One a run that was begun."""
        self.booked: list[str] = []
        self.called_off = 0


OFFICE = Office()


@pytest.fixture(autouse=True)
def fresh_office() -> None:
    vars(OFFICE).update(vars(Office()))


@tool(side_effects=True)
async def book(call: Call, slot: str) -> str:
    """Book a slot."""
    OFFICE.keys.append(call.sid)
    await asyncio.sleep(4)
    OFFICE.booked.append(slot)
    return f"Booked {slot}."


@tool(side_effects=True)
async def reserve(once: Once, slot: str) -> str:
    """Look at a slot for three seconds, then book it."""
    OFFICE.keys.append(once.key)
    try:
        await asyncio.sleep(3)
    except asyncio.CancelledError:
        OFFICE.called_off += 1
        raise
    await once.commit()
    await asyncio.sleep(3)
    OFFICE.booked.append(slot)
    return f"Booked {slot}."


@tool(side_effects=True, timeout=3)
async def stuck(slot: str) -> str:
    """Book with somebody who does not answer."""
    OFFICE.keys.append(slot)
    await asyncio.sleep(60)
    return "never"


async def look(day: str) -> str:
    """Look for free slots, slowly."""
    try:
        await asyncio.sleep(4)
    except asyncio.CancelledError:
        OFFICE.called_off += 1
        raise
    return LOOKED


def line() -> Line:
    return make_line(tools=[book, reserve, stuck, look])


def rules(name: str = "book", arguments: dict[str, Any] = SLOT, *, first: str | None = None) -> list[Rule]:
    return [
        Rule("has ended meanwhile", "It is booked now."),
        Rule("may or may not", "I am not sure that it went through."),
        Rule("done once", "That is booked already."),
        Rule("^Booked", "You are booked."),
        Rule("check-up", PRICE),
        Rule("yes please", first, (name, arguments)),
        Rule("hello", "One moment."),
        Rule("goodbye", "Bye."),
        Rule("Stopped|Being", "Well."),
    ]


async def asked(place: Town, phone: Phone) -> None:
    """The caller says "yes please", and the tool begins."""
    await hears(phone, GREETING)
    await phone.say(said("yes please"))
    async with asyncio.timeout(5):
        while not place.world.openai.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)


def answers(place: Town, request: int = -1) -> list[str]:
    """What the model is told of the tools it called; fails if it called one without an answer."""
    told = []
    messages = place.messages(request)
    for index, message in enumerate(messages):
        for call in message.get("tool_calls") or ():
            after = messages[index + 1]
            assert (after["role"], after["tool_call_id"]) == ("tool", call["id"])
            told.append(after["content"])
    assert sum(m["role"] == "tool" for m in messages) == len(told)
    assert not any("IN_PROGRESS" in str(content) for content in told)
    return told


def notes(place: Town, request: int = -1) -> list[str]:
    contents = [str(m.get("content")) for m in place.messages(request) if m["role"] != "tool"]
    return [content for content in contents if "has ended meanwhile" in content]


async def leave(phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()


async def test_what_has_begun_is_done_once_and_the_next_reply_knows_it(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules()) as place:
        phone = await place.call()
        await asked(place, phone)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert answers(place) == [tool_messages.RUNNING]
        await asyncio.sleep(6)
        assert OFFICE.booked == ["half past nine"]
        assert heard(phone) == GREETING + PRICE  # nothing is blurted out
        await phone.say(said("hello"))
        await hears(phone, "One moment.")
        assert answers(place) == ['"Booked half past nine."']
        assert len(notes(place)) == 1
        await leave(phone)


async def test_a_caller_who_still_waits_hears_the_result(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules()) as place:
        phone = await place.call()
        await asked(place, phone)
        await phone.say(said("hello"))
        await hears(phone, "One moment.")
        await hears(phone, "It is booked now.")
        assert OFFICE.booked == ["half past nine"]
        assert answers(place) == ['"Booked half past nine."']
        await leave(phone)


async def test_speaking_twice_does_not_book_twice(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules()) as place:
        phone = await place.call()
        await asked(place, phone)
        await phone.say(said("yes please"))
        await asyncio.sleep(0.8)
        await phone.say(said("yes please"))
        await hears(phone, "That is booked already.")
        assert OFFICE.booked == ["half past nine"]
        assert len(OFFICE.keys) == 1
        assert len(answers(place)) == 3
        assert not any("Being" in told for told in answers(place))
        await leave(phone)


async def test_asked_again_when_it_is_done_the_model_gets_the_first_result(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules()) as place:
        phone = await place.call()
        await asked(place, phone)
        await hears(phone, "You are booked.")
        await phone.say(said("yes please"))
        await hears(phone, "That is booked already.")
        assert OFFICE.booked == ["half past nine"]
        assert "Booked half past nine." in answers(place)[1]
        await leave(phone)


async def test_the_very_same_is_done_once_more_if_the_caller_says_so(tmp_path: Path) -> None:
    again = rules(arguments={**SLOT, "again": True})
    async with town(tmp_path, line(), rules=again) as place:
        phone = await place.call()
        await asked(place, phone)
        await hears(phone, "You are booked.")
        await phone.say(said("yes please"))
        await hears(phone, "You are booked.You are booked.")
        assert OFFICE.booked == ["half past nine"] * 2
        await leave(phone)


async def test_before_the_commit_point_the_caller_calls_it_off(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules("reserve")) as place:
        phone = await place.call()
        await asked(place, phone)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert answers(place) == [tool_messages.STOPPED]
        await asyncio.sleep(6)
        assert (OFFICE.called_off, OFFICE.booked) == (1, [])
        await phone.say(said("yes please"))
        await hears(phone, "You are booked.")
        assert OFFICE.booked == ["half past nine"]
        assert OFFICE.keys[0] == OFFICE.keys[1]  # to whom it may have been sent before, it is the same order
        assert answers(place) == [tool_messages.STOPPED, '"Booked half past nine."']
        await leave(phone)


async def test_after_the_commit_point_the_caller_does_not(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules("reserve")) as place:
        phone = await place.call()
        await asked(place, phone)
        await asyncio.sleep(2.5)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await asyncio.sleep(3)
        assert (OFFICE.called_off, OFFICE.booked) == (0, ["half past nine"])
        await leave(phone)


@pytest.mark.parametrize("slow_ms", [0, 8000])
@pytest.mark.parametrize("name", ["look", "book"])
async def test_a_tool_announced_aloud_and_cut_off_leaves_nothing_in_progress(
    tmp_path: Path, name: str, slow_ms: float
) -> None:
    # That it was called waits behind words that are still to be spoken; that it was cancelled overtakes it.
    first = "Let me see whether that is possible, this can take a little while, please stay on the line."
    arguments = SLOT if name == "book" else {"day": "Tuesday"}
    async with town(tmp_path, line(), rules=rules(name, arguments, first=first)) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        place.world.deepgram.speak.fault = SpeakFault(slow_ms=slow_ms)
        await asked(place, phone)
        place.world.deepgram.speak.fault = SpeakFault()
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert answers(place) == [tool_messages.STOPPED if name == "look" else tool_messages.RUNNING]
        assert OFFICE.called_off == (name == "look")
        await asyncio.sleep(4)
        await phone.say(said("hello"))
        await hears(phone, "One moment.")
        assert answers(place) == [tool_messages.STOPPED if name == "look" else '"Booked half past nine."']
        await leave(phone)


async def test_without_an_answer_in_time_the_outcome_is_unknown_and_it_is_not_tried_again(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, line(), rules=rules("stuck")) as place:
        phone = await place.call()
        await asked(place, phone)
        await hears(phone, "I am not sure that it went through.")
        await phone.say(said("yes please"))
        await hears(phone, "through.I am not sure that it went through.")
        assert len(OFFICE.keys) == 1
        assert all("may or may not" in told for told in answers(place))
        await leave(phone)


async def test_what_has_begun_is_done_when_the_caller_hangs_up(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules()) as place:
        phone = await place.call()
        await asked(place, phone)
        session = place.service.switchboard.calls[phone.sid]
        await leave(phone)
        assert OFFICE.booked == []
        await session.over()
        assert OFFICE.booked == ["half past nine"]
        assert phone.sid not in place.service.switchboard.calls
        row = await place.row(phone)
        (kept,) = row.turns[-1].tools
        assert (kept["name"], kept["result"]) == ("book", "Booked half past nine.")


async def test_what_has_not_begun_is_not_done_when_the_caller_hangs_up(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules("reserve")) as place:
        phone = await place.call()
        await asked(place, phone)
        await leave(phone)
        await place.left(phone)
        await asyncio.sleep(6)
        assert (OFFICE.called_off, OFFICE.booked) == (1, [])


async def test_a_server_that_stops_waits_for_what_has_begun(tmp_path: Path) -> None:
    async with town(tmp_path, line(), rules=rules()) as place:
        phone = await place.call()
        await asked(place, phone)
        await place.service.switchboard.close()
        assert OFFICE.booked == ["half past nine"]
        await phone.ended()
