"""A call that lasts as long as it may: a warning in good time, a goodbye, and it is over."""

import asyncio
from pathlib import Path

from tests.calls.town import GREETING, LONG, QUESTION, heard, hears, make_line, said, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.records import Said

WARNING = "One minute left."
TIME_UP = "Our time is up. Goodbye!"
LINE = make_line(max_seconds=100.0, warn_seconds=60.0, warning=WARNING, time_up=TIME_UP)
RULES = [Rule("close today", LONG), Rule("morning", "I see.")]
MONOLOGUE = (
    "I have been trying to reach you since this morning because my tooth started to hurt last night and I "
    "would like to see somebody today"
)


async def test_the_caller_is_warned_and_then_taken_leave_of(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        began = asyncio.get_running_loop().time()
        await hears(phone, WARNING, timeout=60)
        assert 40 < asyncio.get_running_loop().time() - began < 42
        await hears(phone, TIME_UP, timeout=70)
        assert 100 < asyncio.get_running_loop().time() - began < 103
        await phone.ended()
        assert heard(phone) == GREETING + WARNING + TIME_UP
        assert (await place.row(phone)).outcome == "too-long"
        await place.left(phone)


async def test_the_warning_waits_for_the_caller_and_for_the_reply(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await asyncio.sleep(38)
        await phone.say(said(MONOLOGUE))
        assert WARNING not in heard(phone)
        await hears(phone, "I see." + WARNING)
        asked = [m["content"] for m in place.messages()]
        assert asked[-1] == MONOLOGUE
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)


async def test_the_goodbye_waits_for_the_end_of_a_sentence(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await asyncio.sleep(94)
        await phone.say(said(QUESTION))
        await hears(phone, "closed on weekends." + TIME_UP)
        await phone.ended()
        await place.left(phone)


async def test_who_speaks_into_the_goodbye_hears_it_from_the_carrier(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=RULES) as place:
        phone = await place.call()
        await hears(phone, TIME_UP[:8], timeout=120)
        await phone.say(said(QUESTION))
        await phone.ended()
        assert [record.text for record in phone.log if isinstance(record, Said)] == [TIME_UP]
        assert (await place.row(phone)).outcome == "too-long"
        await place.left(phone)


async def test_a_line_of_shorter_calls_does_not_warn(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(max_seconds=20.0, time_up=TIME_UP), rules=RULES) as place:
        phone = await place.call()
        await phone.ended()
        assert heard(phone) == GREETING + TIME_UP
        await place.left(phone)
