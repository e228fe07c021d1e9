"""Verbs that the caller answers."""

import asyncio

import pytest

from processors.g711 import SILENCE
from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import World, codes, said, world
from trunkline.sandbox.telephone.records import Said
from trunkline.sandbox.telephone.twiml import Inline

PAGES: dict[str, Reply] = {"/done": twiml("<Hangup/>")}


def digits(there: World) -> list[str]:
    return [asked.form["Digits"] for asked in there.customer.asked("/done")]


async def test_gather_sends_the_keys_up_to_the_one_that_finishes() -> None:
    page = twiml('<Gather action="/done"/>', "<Say>nothing</Say>")
    async with world(pages={**PAGES, "/voice": page}) as there:
        phone = await there.call()
        await phone.answered()
        await phone.press("12#")
        await phone.ended()
        assert digits(there) == ["12"]
        assert there.customer.asked("/done")[0].form["FinishedOnKey"] == "#"


async def test_gather_is_over_when_it_has_enough() -> None:
    async with world(pages={**PAGES, "/voice": twiml('<Gather action="/done" numDigits="3"/>')}) as there:
        phone = await there.call()
        await phone.answered()
        await phone.press("1234")
        await phone.ended()
        assert digits(there) == ["123"]


async def test_gather_waits_a_while_after_each_key() -> None:
    async with world(pages={**PAGES, "/voice": twiml('<Gather action="/done" timeout="3"/>')}) as there:
        phone = await there.call()
        await phone.answered()
        await phone.press("1wwww2")
        await phone.ended()
        assert digits(there) == ["12"]
        assert there.now == pytest.approx(2.1 + 3, abs=0.01)


async def test_gather_without_a_key_goes_on() -> None:
    page = twiml('<Gather action="/done" timeout="2"/>', "<Say>nothing</Say>")
    async with world(pages={**PAGES, "/voice": page}) as there:
        phone = await there.through()
        assert (digits(there), said(phone)) == ([], ["nothing"])


async def test_gather_may_send_an_empty_result() -> None:
    page = twiml('<Gather action="/done" actionOnEmptyResult="true"/>')
    async with world(pages={**PAGES, "/voice": page}) as there:
        await there.through()
        assert digits(there) == [""]


async def test_the_patience_of_gather_begins_after_its_prompts() -> None:
    page = twiml('<Gather action="/done" timeout="2"><Say>menu</Say><Pause length="3"/></Gather>')
    async with world(pages={**PAGES, "/voice": page}, voice=lambda _: b"\x10" * 8000) as there:
        phone = await there.through()
        assert said(phone) == ["menu"]
        assert there.now == pytest.approx(1 + 3 + 2, abs=0.01)


async def test_a_key_cuts_the_prompts_short() -> None:
    page = twiml('<Gather action="/done" numDigits="1"><Say>long menu</Say></Gather>')
    async with world(pages={**PAGES, "/voice": page}, voice=lambda _: b"\x10" * 80_000) as there:
        phone = await there.call()
        await phone.until(Said)
        await asyncio.sleep(0.5)
        await phone.press("5")
        await phone.ended()
        assert digits(there) == ["5"]
        assert phone.heard.rstrip(SILENCE) == b"\x10" * 4000


async def test_another_document_interrupts_a_prompt() -> None:
    page = twiml('<Gather action="/done"><Say>long menu</Say></Gather>')
    async with world(pages={**PAGES, "/voice": page}, voice=lambda _: b"\x10" * 80_000) as there:
        phone = await there.call()
        await phone.until(Said)
        await asyncio.sleep(0.5)
        phone.replace(Inline(twiml("<Hangup/>")))
        await phone.ended()
        assert phone.heard == b"\x10" * 4000


async def test_without_an_action_the_same_page_is_asked_again() -> None:
    pages = iter([twiml('<Gather numDigits="1"/>'), twiml("<Hangup/>")])
    async with world(pages={"/voice": lambda _: next(pages)}) as there:
        phone = await there.call()
        await phone.answered()
        await phone.press("7")
        await phone.ended()
        assert there.customer.asked("/voice")[1].form["Digits"] == "7"


async def test_speech_is_not_understood_and_that_is_said() -> None:
    async with world(pages={"/voice": twiml('<Gather input="dtmf speech" timeout="1"/>')}) as there:
        assert codes(await there.through()) == [12200]


async def test_record_ends_with_a_key_and_says_where_the_message_is() -> None:
    page = twiml('<Record action="/done" playBeep="false" recordingStatusCallback="/recorded"/>')
    async with world(pages={**PAGES, "/voice": page}) as there:
        phone = await there.call()
        await phone.answered()
        await phone.say(b"\x10" * 16_000)
        await phone.press("#")
        await phone.ended()
        (asked,) = there.customer.asked("/done")
        assert (asked.form["Digits"], asked.form["RecordingDuration"]) == ("#", "2")
        assert asked.form["RecordingUrl"].startswith(f"{there.carrier.base_url}/2010-04-01/Accounts/")
        (recorded,) = there.customer.asked("/recorded")
        assert recorded.form["RecordingStatus"] == "completed"
        assert recorded.form["RecordingSource"] == "RecordVerb"


async def test_record_ends_with_silence() -> None:
    page = twiml('<Record action="/done" timeout="2"/>')
    async with world(pages={**PAGES, "/voice": page}) as there:
        phone = await there.call()
        await phone.answered()
        await asyncio.sleep(1)
        await phone.say(b"\x10" * 8000)
        await phone.ended()
        assert there.now == pytest.approx(1 + 1 + 2, abs=0.01)
        assert digits(there) == [""]


async def test_record_has_a_maximal_length() -> None:
    page = twiml('<Record action="/done" playBeep="false" maxLength="3"/>')
    async with world(pages={**PAGES, "/voice": page}) as there:
        phone = await there.call()
        phone.say(b"\x10" * 80_000)
        await phone.ended()
        assert there.customer.asked("/done")[0].form["RecordingDuration"] == "3"


async def test_record_ends_with_the_call_and_is_told_of() -> None:
    async with world(pages={**PAGES, "/voice": twiml('<Record action="/done"/>')}) as there:
        phone = await there.call()
        await phone.answered()
        phone.say(b"\x10" * 80_000)
        await asyncio.sleep(2.2)
        await phone.hang_up()
        await phone.ended()
        (asked,) = there.customer.asked("/done")
        assert (asked.form["Digits"], asked.form["CallStatus"]) == ("hangup", "completed")
        assert asked.form["RecordingDuration"] == "2"
