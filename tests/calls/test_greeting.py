"""The greeting can be talked over: the line is cut, and what was heard of it is remembered."""

import asyncio
from pathlib import Path

import pytest

from processors.barge_in import BargeIn, vad, words
from tests.calls.town import QUESTION, heard, hears, make_line, said, stream_log, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.records import ClearReceived

GREETING = (
    "Harbour Dental Practice, good morning. You are speaking with our assistant, and this call may be taped. "
    "How can I help you today?"
)


@pytest.mark.parametrize("policy", [vad, words(1)])
async def test_a_greeting_can_be_talked_over(tmp_path: Path, policy: BargeIn) -> None:
    line = make_line(greeting=GREETING, barge_in=policy)
    async with town(tmp_path, line, rules=[Rule("close today", "At six.")]) as place:
        phone = await place.call()
        await asyncio.sleep(1.5)
        phone.say(said(QUESTION))
        await phone.until(ClearReceived)
        await hears(phone, "At six.")
        greeting, question = place.messages()
        assert question == {"role": "user", "content": QUESTION}
        remembered = greeting["content"]
        told = heard(phone).removesuffix("At six.")
        assert GREETING.startswith(remembered)
        assert 0 < len(remembered) < len(GREETING) / 2
        assert abs(len(remembered.split()) - len(told.split())) <= 1
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_a_key_cuts_it_as_well(tmp_path: Path) -> None:
    line = make_line(greeting=GREETING)
    async with town(tmp_path, line, rules=[Rule("pressed", "At six.")]) as place:
        phone = await place.call()
        await asyncio.sleep(1.5)
        await phone.press("1#")
        await hears(phone, "At six.")
        assert stream_log(phone).count("clear") == 1
        assert [m["content"] for m in place.messages()][1:] == ["pressed 1 #"]
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
