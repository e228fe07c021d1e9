"""What the person at the far end does, and sees."""

import asyncio

import pytest

from tests.trunkline.sandbox.customer import Reply, twiml
from tests.trunkline.sandbox.telephone.lines import world
from trunkline.sandbox.telephone.call_log import NotSeen
from trunkline.sandbox.telephone.faults import Faults
from trunkline.sandbox.telephone.records import DigitPressed, Ended

WAITS: dict[str, Reply] = {"/voice": twiml("<Pause length='3'/>", "<Say>x</Say>", "<Pause length='100'/>")}


async def test_one_waits_for_conditions_not_for_time() -> None:
    async with world(pages=WAITS) as there:
        phone = await there.call()
        assert phone.status == "ringing"
        await phone.answered()
        assert there.now == phone.answered_at == 3
        await phone.hang_up()
        await phone.ended()
        assert (phone.status, there.now) == ("completed", 3)


async def test_waiting_for_an_answer_ends_with_the_call() -> None:
    async with world(pages={"/voice": twiml("<Reject/>")}) as there:
        phone = await there.call()
        with pytest.raises(NotSeen, match="no-answer"):
            await phone.answered()


async def test_waiting_has_an_end() -> None:
    async with world(pages=WAITS) as there:
        phone = await there.call()
        with pytest.raises(NotSeen, match="ringing"):
            await phone.answered(timeout=1)
        with pytest.raises(NotSeen, match="ringing"):
            await phone.ended(timeout=1)
        with pytest.raises(NotSeen):
            await phone.until(Ended, timeout=0.5)
        with pytest.raises(RuntimeError, match="answered"):
            assert phone.answered_at


async def test_one_can_hang_up_while_it_rings() -> None:
    async with world(pages=WAITS) as there:
        phone = await there.call()
        await asyncio.sleep(1)
        await phone.hang_up()
        await phone.hang_up()
        await phone.ended()
        assert phone.log.of(Ended) == [Ended(at=1, status="no-answer", duration=0)]


async def test_one_can_be_made_to_hang_up_while_it_rings() -> None:
    async with world(pages=WAITS) as there:
        phone = await there.call(faults=Faults(hang_up_while_ringing=2))
        await phone.ended()
        assert (phone.status, there.now) == ("no-answer", 2)
        other = await there.call(faults=Faults(hang_up_while_ringing=4))
        await asyncio.sleep(10)
        assert other.status == "in-progress"


async def test_hushing_stops_the_speech() -> None:
    async with world(pages={"/voice": twiml("<Say>x</Say>", "<Pause length='9'/>")}) as there:
        phone = await there.call()
        await phone.answered()
        cut = phone.say(b"\x10" * 8000)
        await asyncio.sleep(0.5)
        phone.hush()
        assert not await cut
        assert phone.said.count(b"\x10") == 4000


async def test_keys_are_pressed_one_after_the_other() -> None:
    async with world(pages=WAITS) as there:
        phone = await there.call()
        await phone.press("1w2")
        assert [(key.digit, key.at) for key in phone.log.of(DigitPressed)] == [
            ("1", 0),
            ("2", pytest.approx(0.6)),
        ]


async def test_one_can_listen_along() -> None:
    async with world(pages={"/voice": twiml("<Say>x</Say>")}, voice=lambda _: b"ab" * 4000) as there:
        phone = await there.call()
        await phone.answered()
        await asyncio.sleep(0.5)
        first = phone.heard_since(0)
        await asyncio.sleep(0.25)
        assert first + phone.heard_since(len(first)) == phone.heard == b"ab" * 3000


async def test_speech_that_the_call_cuts_off_says_so() -> None:
    async with world(pages={"/voice": twiml("<Say>x</Say>", "<Pause/>")}) as there:
        phone = await there.call()
        assert await phone.say(b"\x10" * 160)
        assert not await phone.say(b"\x10" * 80_000)
        assert phone.status == "completed"
