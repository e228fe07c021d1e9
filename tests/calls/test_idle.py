"""A caller who says nothing is asked, more plainly each time, and the call is ended politely."""

import asyncio
from pathlib import Path

from tests.calls.town import GREETING, QUESTION, heard, hears, make_line, said, town
from trunkline import Idle
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.chat_faults import Stall

IDLE = Idle(after=6.0, prompts=("Still there?", "I cannot hear you."), farewell="Bye then!")
LINE = make_line(idle=IDLE)
RULES = [Rule("close today", "At six.")]


async def test_silence_is_broken_by_escalating_prompts_and_a_polite_hang_up(tmp_path: Path) -> None:
    async with town(tmp_path, LINE) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        since = asyncio.get_running_loop().time()
        for prompt in IDLE.texts:
            await hears(phone, prompt)
            now = asyncio.get_running_loop().time()
            assert 5.9 < now - since - len(prompt) / 15 < 6.5, prompt
            since = now
        await phone.ended()
        assert heard(phone) == GREETING + "".join(IDLE.texts)
        assert phone.status == "completed"
        assert (await place.row(phone)).outcome == "idle"
        assert place.world.openai.requests == []
        await place.left(phone)


async def test_words_of_the_caller_begin_the_escalation_anew(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, IDLE.prompts[0])
        await phone.say(said(QUESTION))
        await hears(phone, "At six." + IDLE.prompts[0])
        asked = [(m["role"], m["content"]) for m in place.messages()]
        assert asked[-2:] == [("assistant", IDLE.prompts[0]), ("user", QUESTION)]
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_keys_of_the_caller_do_so_too(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=[Rule("pressed", "At six.")]) as place:
        phone = await place.call()
        await hears(phone, IDLE.prompts[0])
        await phone.press("1#")
        await hears(phone, "At six." + IDLE.prompts[0])
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_a_prompt_can_be_talked_over(tmp_path: Path) -> None:
    long = (
        "Are you still there, or have you put the telephone away and gone out for a long walk with the dog?"
    )
    line = make_line(idle=Idle(after=5.0, prompts=(long,)))
    async with town(tmp_path, line, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, long[:20])
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        assert long not in heard(phone)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_a_caller_who_speaks_into_the_farewell_keeps_the_call(tmp_path: Path) -> None:
    line = make_line(idle=Idle(after=5.0, prompts=(), farewell="I will hang up now, as nobody says a word."))
    async with town(tmp_path, line, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, "I will hang")
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        assert phone.status == "in-progress"
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_a_slow_reply_is_no_silence_of_the_caller(tmp_path: Path) -> None:
    # The model's first attempt is given up after 4 s.
    line = make_line(idle=Idle(after=3.0, prompts=("Still there?",)))
    async with town(tmp_path, line, rules=RULES) as place:
        place.world.openai.faults.append(Stall())
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(QUESTION))
        await hears(phone, "At six.")
        assert "Still there?" not in heard(phone)
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_noise_holds_a_prompt_up_but_does_not_put_it_off_for_ever(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        for _ in range(4):
            await asyncio.sleep(5)
            await phone.say(babble())
        assert IDLE.prompts[0] in heard(phone)
        assert place.world.openai.requests == []
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


def babble() -> bytes:
    """A voice that says nothing that anybody could write down."""
    return said("hello")[::-1]
