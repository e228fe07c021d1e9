"""A caller says "mhm" or "okay" while the agent speaks: it goes on, and nothing comes of it."""

import asyncio
from pathlib import Path

import pytest

from tests.calls.loudness import quiet_words, words_heard
from tests.calls.talking_over import ANSWER, TALE_HEARD, asked, hears_words, replies, talking
from tests.calls.town import said
from trunkline.sandbox.brain import Rule

WORDS = ("mhm", "okay", "right", "uh-huh", "yeah", "I see")


@pytest.mark.parametrize("word", WORDS)
async def test_the_agent_goes_on_and_is_loud_again_at_once(tmp_path: Path, word: str) -> None:
    async with talking(tmp_path) as (place, phone):
        await phone.say(said(word))
        await asyncio.sleep(0.2)
        ducked = quiet_words(phone)
        assert len(ducked) <= 12
        await hears_words(phone, "HOLIDAYS.")
        assert words_heard(phone).endswith(TALE_HEARD)
        assert quiet_words(phone) == ducked
        await asyncio.sleep(3)
        assert replies(place) == 0
        await phone.say(said("yes please"))
        await hears_words(phone, ANSWER)
        assert [text.lower().rstrip(".") for text in asked(place)] == ["yes please"]
        assert replies(place) == 1


async def test_one_that_leads_to_more_interrupts(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, phone):
        await phone.say(said("okay"))
        phone.say(said("stop"))
        await hears_words(phone, ANSWER)
        assert not words_heard(phone).endswith(TALE_HEARD)
        (text,) = asked(place)
        assert text.lower().split()[-1].startswith("stop")


async def test_one_at_the_end_of_a_question_is_the_answer_to_it(tmp_path: Path) -> None:
    question = "WE HAVE TUESDAY AT TEN. IS THAT ALL RIGHT FOR YOU?"
    rules = [Rule("close today", question), Rule("okay", ANSWER)]
    async with talking(tmp_path, after="IS THAT ALL RIGHT FOR", rules=rules) as (place, phone):
        await phone.say(said("okay"))
        await hears_words(phone, ANSWER)
        assert [text.lower().rstrip(".") for text in asked(place)] == ["okay"]
        assert replies(place) == 1
        assert [m["role"] for m in place.messages()] == ["assistant", "user", "assistant", "user"]


async def test_one_long_before_the_end_of_a_question_is_not(tmp_path: Path) -> None:
    question = "WE HAVE TUESDAY AT TEN. IS THAT ALL RIGHT FOR YOU?"
    rules = [Rule("close today", question), Rule("okay", ANSWER)]
    async with talking(tmp_path, after="WE HAVE TUES", rules=rules) as (place, phone):
        await phone.say(said("okay"))
        await hears_words(phone, "FOR YOU?")
        await asyncio.sleep(3)
        assert (replies(place), asked(place)) == (0, [])
