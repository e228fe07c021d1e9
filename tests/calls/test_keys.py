"""Keys of the caller: words of a turn, or digits that a tool waits for, also while the agent speaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from processors.barge_in import never
from processors.dtmf import PAUSE
from processors.tools import tool
from tests.calls.town import GREETING, LONG, QUESTION, Town, heard, hears, make_line, said, stream_log, town
from trunkline.call import Call
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived

PLEASE = "Please enter the four digits of your code now and take all the time that you need for it."


@tool(timeout=60)
async def ask_code(call: Call) -> str:
    """Ask for the code."""
    call.data["keys"] = await call.digits(4)
    return f"the code is {call.data['keys']}"


RULES = (
    Rule("close today", LONG),
    Rule("hello", PLEASE, ("ask_code", {})),
    Rule("hello", "Thank you."),  # the question, once it was heard, stands behind the tool's result
)


@asynccontextmanager
async def caller(folder: Path, **values: Any) -> AsyncIterator[tuple[Town, Phone]]:
    """Somebody who has heard the greeting, and hangs up in the end."""
    line = make_line(tools=[ask_code], **values)
    async with town(folder, line, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        yield place, phone
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


def codes(place: Town) -> list[str]:
    """What the tool has told the model."""
    return [m["content"].strip('"') for m in place.messages() if m["role"] == "tool"]


async def test_keys_are_a_turn_after_a_pause(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.press("12*")
        pressed = asyncio.get_running_loop().time()
        await hears(phone, "You")
        assert asyncio.get_running_loop().time() - pressed < PAUSE + 0.5
        await hears(phone, "said: pressed 1 2 *")
        assert place.messages() == [
            {"role": "assistant", "content": GREETING},
            {"role": "user", "content": "pressed 1 2 *"},
        ]


async def test_a_terminator_ends_them_at_once(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.press("7#")
        pressed = asyncio.get_running_loop().time()
        await hears(phone, "You")
        assert asyncio.get_running_loop().time() - pressed < 0.5
        assert place.messages()[-1]["content"] == "pressed 7 #"


async def test_a_long_number_with_pauses_is_one_turn(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.press("ww".join("123456"))
        await hears(phone, "6")
        assert [m["content"] for m in place.messages()[1:]] == ["pressed 1 2 3 4 5 6"]


async def test_a_key_interrupts_the_agent(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        before = len(phone.log)
        await phone.press("1#")
        await phone.until(ClearReceived, since=before)
        await hears(phone, "You said: pressed 1 #")
        assert LONG not in heard(phone)
        cut = place.messages()[-2]
        assert cut["role"] == "assistant"
        assert LONG.startswith(cut["content"])


async def test_a_line_that_may_not_be_interrupted_answers_the_key_afterwards(tmp_path: Path) -> None:
    async with caller(tmp_path, barge_in=never) as (_, phone):
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:15])
        await phone.press("1#")
        await hears(phone, "closed on weekends.You said: pressed 1 #")
        assert "clear" not in stream_log(phone)


async def test_keys_and_speech_are_one_turn(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        saying = phone.say(said(QUESTION))
        await asyncio.sleep(0.6)
        await phone.press("5#")
        await saying
        await hears(phone, "We are")
        words = place.messages()[-1]["content"]
        assert "pressed 5 #" in words
        assert QUESTION in words
        assert len(place.world.openai.requests) == 1


async def test_a_gather_takes_keys_while_the_agent_speaks(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.say(said("hello"))
        await hears(phone, PLEASE[:15])
        await phone.press("4711")
        await hears(phone, "Thank you.")
        assert codes(place) == ["the code is 4711"]
        assert PLEASE not in heard(phone)
        assert stream_log(phone).count("clear") == 1
        spoken = [m["content"] for m in place.messages() if m["role"] == "assistant" and m.get("content")]
        assert PLEASE.startswith(spoken[-1])
        assert len(spoken[-1]) >= 10
        assert len(place.world.openai.requests) == 2


async def test_a_gather_waits_until_the_question_was_heard(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.say(said("hello"))
        await hears(phone, PLEASE)
        await asyncio.sleep(4)
        await phone.press("47")
        await asyncio.sleep(4)
        await phone.press("1")
        pressed = asyncio.get_running_loop().time()
        await hears(phone, "Thank")
        assert 5 < asyncio.get_running_loop().time() - pressed < 6
        assert codes(place) == ["the code is 471"]


async def test_the_terminator_ends_a_gather_and_one_too_many_means_nothing(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.say(said("hello"))
        await hears(phone, PLEASE)
        await phone.press("47#")
        await hears(phone, "Thank you.")
        await phone.say(said("hello"))
        await hears(phone, "Thank you." + PLEASE)
        await phone.press("4711#")
        await hears(phone, PLEASE + "Thank you.")
        assert codes(place) == ["the code is 47", "the code is 4711"]
        await asyncio.sleep(2 * PAUSE)
        assert not any("pressed" in str(m.get("content")) for m in place.messages())


async def test_a_protected_prompt_is_heard_and_the_keys_count(tmp_path: Path) -> None:
    async with caller(tmp_path, barge_in=never) as (place, phone):
        await phone.say(said("hello"))
        await hears(phone, PLEASE[:15])
        await phone.press("4711")
        await hears(phone, PLEASE + "Thank you.")
        assert codes(place) == ["the code is 4711"]


async def test_speech_instead_of_keys_is_the_next_turn(tmp_path: Path) -> None:
    async with caller(tmp_path) as (place, phone):
        await phone.say(said("hello"))
        await hears(phone, PLEASE)
        await phone.press("47")
        await phone.say(said(QUESTION))
        await hears(phone, LONG[:20])
        assert place.messages()[-1] == {"role": "user", "content": QUESTION}


async def test_a_caller_who_hangs_up_ends_a_gather(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(tools=[ask_code]), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said("hello"))
        await hears(phone, PLEASE)
        await phone.press("47")
        call = place.service.switchboard.calls[phone.sid].call
        assert call.floor.is_claimed
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        assert await call.digits(4) is None
        assert call.data.get("keys") is None
