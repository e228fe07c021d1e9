"""A process dies in the middle of a call, and another one goes on as if it had been there all the time."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

import pytest

from processors.tool_messages import UNKNOWN
from processors.tools import tool
from tests.calls.relay import Relay, relay
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    RULES,
    heard,
    hears,
    make_line,
    said,
    town,
)
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.chat_faults import Slow
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted

LINE = make_line()
WORDS = LINE.resume.words
GO_ON = LINE.resume.going_on
TWO = "We close at six today. On Friday we close at two in the afternoon, so come early."
TWO_RULES = (Rule("close today", TWO), *RULES)


def contents(messages: list[dict[str, Any]]) -> list[Any]:
    return [message.get("content") for message in messages]


async def ask(phone: Phone, place: Relay) -> list[Any]:
    """What the model knows when the caller asks for the price."""
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)
    return contents(place.messages())


# (a) The agent was speaking.


async def test_the_same_process_goes_on_from_the_clause_that_broke_off(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, "and on Fri")
        phone.break_stream()
        await hears(phone, WORDS)
        await hears(phone, "weekends.")
        rest = heard(phone).partition(WORDS)[2]
        assert rest == LONG[LONG.index("and on Friday") :]
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        _, asked, before, after, price = contents(place.messages())
        assert (asked, after, price) == (QUESTION, rest, PRICE_QUESTION)
        assert before in (
            "We are open from Monday to Thursday from eight to six, and on",
            LONG[: len(before)],
        )
        await phone.hang_up()
        await phone.ended()
        turns = (await place.row(phone)).turns
        assert [turn.caller for turn in turns] == ["", QUESTION, PRICE_QUESTION]
        assert turns[1].agent == f"{before} {after}"


async def test_another_process_says_the_broken_sentence_again(tmp_path: Path) -> None:
    async with relay(tmp_path, LINE, TWO_RULES) as place:
        phone = await place.call(GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, "On Friday we")
        await asyncio.sleep(0.5)
        lost_at = asyncio.get_running_loop().time()
        await place.move(phone)
        first, second = TWO[:22], TWO[23:]
        await hears(phone, WORDS)
        assert phone.log.of(StreamStarted)[1].at - lost_at < 1
        await hears(phone, second)
        assert heard(phone).endswith(WORDS + second)
        assert await ask(phone, place) == [GREETING, QUESTION, first, second, PRICE_QUESTION]
        await phone.hang_up()
        await phone.ended()
        turns = (await place.row(phone)).turns
        assert [(turn.caller, turn.agent) for turn in turns] == [
            ("", GREETING),
            (QUESTION, TWO),
            (PRICE_QUESTION, PRICE),
        ]


async def test_a_call_that_is_handed_over_goes_on_from_the_clause(tmp_path: Path) -> None:
    async with relay(tmp_path, LINE, TWO_RULES) as place:
        phone = await place.call(GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, "On Friday we")
        place.reach(place.second)
        session = place.first.switchboard.calls[phone.sid]

        async def release(_: str) -> None:
            await place.first.store.flush()

        assert await session.hand_over(release)
        await hears(phone, WORDS + TWO[23:])
        known = await ask(phone, place)
        assert known[:2] == [GREETING, QUESTION]
        assert known[2].startswith(TWO[:22] + " On Friday")
        assert known[3:] == [TWO[23:], PRICE_QUESTION]
        await phone.hang_up()
        await phone.ended()


async def test_a_greeting_that_broke_off_is_heard_in_full(tmp_path: Path) -> None:
    async with relay(tmp_path, LINE) as place:
        phone = await place.call(GREETING[:6])
        await asyncio.sleep(0.3)
        await place.move(phone)
        await hears(phone, WORDS + GREETING)
        assert await ask(phone, place) == [GREETING, PRICE_QUESTION]
        await phone.hang_up()
        await phone.ended()


# (b) The caller has asked, and nobody has answered.


async def test_another_process_answers_what_the_caller_asked(tmp_path: Path) -> None:
    async with relay(tmp_path, LINE) as place:
        phone = await place.call(GREETING)
        place.world.openai.faults.append(Slow(3.0))
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(2)
        assert len(place.world.openai.requests) == 1
        await place.move(phone)
        await hears(phone, WORDS + PRICE)
        assert contents(place.messages()) == [GREETING, PRICE_QUESTION]
        await phone.hang_up()
        await phone.ended()
        assert [(t.caller, t.agent) for t in (await place.row(phone)).turns][1:] == [(PRICE_QUESTION, PRICE)]


async def test_the_same_process_answers_what_the_caller_asked(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        place.world.openai.faults.append(Slow(3.0))
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(2)
        phone.break_stream()
        await hears(phone, WORDS + PRICE)
        await asyncio.sleep(5)
        assert heard(phone) == GREETING + WORDS + PRICE
        await phone.hang_up()
        await phone.ended()


# (c) The caller was speaking.


@pytest.mark.parametrize("where", ["here", "elsewhere"])
async def test_a_caller_who_was_speaking_is_told_what_was_understood(tmp_path: Path, where: str) -> None:
    async with relay(tmp_path, LINE) as place:
        phone = await place.call(GREETING)
        phone.say(said(QUESTION) + said(PRICE_QUESTION))
        await asyncio.sleep(len(said(QUESTION)) / 8000 + 0.4)
        phone.hush()
        await place.move(phone, place.first if where == "here" else None)
        await hears(phone, f"{WORDS}You were saying: ")
        await hears(phone, "Please go on.")
        told = heard(phone).partition("You were saying: ")[2].partition(" … Please go on.")[0]
        assert told
        both = f"{QUESTION} {PRICE_QUESTION}"
        assert both.startswith(told)
        known = await ask(phone, place)
        assert known[0] == GREETING
        assert " ".join(known[1:]).startswith(told)
        assert known[-1].endswith(PRICE_QUESTION)
        await phone.hang_up()
        await phone.ended()


async def test_a_caller_whose_move_it_was_is_asked_to_go_on(tmp_path: Path) -> None:
    async with relay(tmp_path, LINE) as place:
        phone = await place.call(GREETING)
        assert (await ask(phone, place))[0] == GREETING
        await asyncio.sleep(2)
        await place.move(phone)
        await hears(phone, WORDS + GO_ON)
        await phone.hang_up()
        await phone.ended()


# What else there is to remember.


class Desk:
    """Where the tools do their work."""

    done: ClassVar[list[str]] = []
    asked = 0


@tool(side_effects=True, timeout=60)
async def book(slot: str) -> str:
    """Book a slot."""
    Desk.done.append(slot)
    await asyncio.sleep(5)
    return f"Booked {slot}."


async def look_up(call: Call, day: str) -> str:
    """Look up a day."""
    Desk.asked += 1
    if Desk.asked == 1:
        await asyncio.sleep(8)
    call.data["day"] = day
    call.data["socket"] = object()
    call.stage = "choosing"
    return f"{day} is free."


@pytest.fixture(autouse=True)
def fresh_desk() -> None:
    Desk.done, Desk.asked = [], 0


SLOT = {"slot": "nine"}


async def test_what_may_have_been_done_is_not_done_again(tmp_path: Path) -> None:
    rules = (
        Rule("may or may not", "I do not know whether it worked."),
        Rule("check-up", None, ("book", SLOT)),
    )
    async with relay(tmp_path, make_line(tools=(book,)), rules) as place:
        phone = await place.call(GREETING)
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(2)
        assert Desk.done == ["nine"]
        await place.move(phone)
        await hears(phone, f"{WORDS}I do not know whether it worked.")
        call, result = place.messages()[2:4]
        assert call["tool_calls"][0]["function"]["name"] == "book"
        assert result["tool_call_id"] == call["tool_calls"][0]["id"]
        assert UNKNOWN in result["content"]
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, "worked.I do not know whether it worked.")
        assert Desk.done == ["nine"]
        await phone.hang_up()
        await phone.ended()


async def test_what_was_done_is_known_and_not_done_again(tmp_path: Path) -> None:
    rules = (
        Rule("Booked", "It is booked."),
        Rule("check-up", None, ("book", SLOT)),
    )
    async with relay(tmp_path, make_line(tools=(book,)), rules) as place:
        phone = await place.call(GREETING)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, "It is booked.")
        await asyncio.sleep(0.5)
        await place.move(phone)
        await hears(phone, WORDS + GO_ON)
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, f"{GO_ON}It is booked.")
        assert Desk.done == ["nine"]
        assert "was done once" in place.messages()[-1]["content"]
        await phone.hang_up()
        await phone.ended()


async def test_what_changes_nothing_may_be_asked_again_and_data_and_stage_go_along(tmp_path: Path) -> None:
    rules = (
        Rule("still wanted", None, ("look_up", {"day": "Tuesday"})),
        Rule("check-up", None, ("look_up", {"day": "Tuesday"})),
        Rule("close today", "Still there."),
    )
    async with relay(tmp_path, make_line(tools=(look_up,)), rules) as place:
        phone = await place.call(GREETING)
        place.first.switchboard.calls[phone.sid].call.data["name"] = "Ada"
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(2)
        assert Desk.asked == 1
        await place.move(phone)
        await hears(phone, WORDS)
        call = place.second.switchboard.calls[phone.sid].call
        assert call.data == {"name": "Ada"}
        assert "Call it again" in place.messages()[-1]["content"]
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, "Tuesday is free.")
        assert (Desk.asked, call.stage, call.data["day"]) == (2, "choosing", "Tuesday")
        await asyncio.sleep(1)
        place.first, place.second = place.second, place.first
        await place.move(phone)
        await hears(phone, WORDS + GO_ON)
        third = place.second.switchboard.calls[phone.sid].call
        assert (third.stage, third.data) == ("choosing", {"name": "Ada", "day": "Tuesday"})
        assert third.attempts == 3
        await phone.hang_up()
        await phone.ended()
        turns = (await place.row(phone)).turns
        assert turns[-1].stage == "choosing"
        assert (await place.row(phone)).state is None
