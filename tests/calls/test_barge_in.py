"""A voice interrupts the agent (`vad`): the line is cut at once, only what was heard is remembered."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pipecat.frames.frames import Frame, InterruptionFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.barge_in import vad, words
from tests.calls.town import GREETING, LONG, QUESTION, Town, heard, hears, make_line, said, stream_log, town
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived

AT_ONCE = make_line(barge_in=vad)


async def long_answer(place: Town) -> Phone:
    """A caller who hears the beginning of a long answer."""
    phone = await place.call()
    await hears(phone, GREETING)
    await phone.say(said(QUESTION))
    await hears(phone, LONG[:15])
    return phone


async def barge_in(phone: Phone, word: str = "no thank you") -> tuple[float, ClearReceived]:
    """Seconds from the caller's first sound to ``clear``, and its record."""
    since = len(phone.log)
    began = asyncio.get_running_loop().time()
    phone.say(said(word))
    record = await phone.until(ClearReceived, since=since)
    return record.at - began, record


async def test_clear_is_on_the_wire_within_a_quarter_of_a_second(tmp_path: Path) -> None:
    # Whatever is said, and wherever between two packets it begins.
    words = ("hello", "one moment", "no thank you", "goodbye", "yes please")
    async with town(tmp_path, AT_ONCE, rules=[Rule(".", LONG)]) as place:
        phone = await long_answer(place)
        for number, word in enumerate(words):
            await asyncio.sleep(0.0043 * number)
            delay, record = await barge_in(phone, word)
            assert delay <= 0.250, word
            assert record.dropped > 0
            await asyncio.sleep(3)  # the answer to that has begun
        await phone.hang_up()
        await phone.ended()


async def test_nothing_of_the_cancelled_reply_follows_the_clear(tmp_path: Path) -> None:
    async with town(tmp_path, AT_ONCE) as place:
        phone = await long_answer(place)
        await barge_in(phone)
        before = heard(phone)
        await hears(phone, "All right, I stop.")
        after = heard(phone)[len(before) :]
        assert after.replace("All right, I stop.", "") == ""
        log = stream_log(phone)
        assert log.count("clear") == 1
        await phone.hang_up()
        await phone.ended()


async def test_the_model_remembers_only_what_was_heard(tmp_path: Path) -> None:
    async with town(tmp_path, AT_ONCE) as place:
        phone = await long_answer(place)
        await barge_in(phone)
        await asyncio.sleep(0.1)
        answer = heard(phone).removeprefix(GREETING)
        await hears(phone, "All right, I stop.")
        remembered = [m["content"] for m in place.messages() if m["role"] == "assistant"]
        assert remembered[0] == GREETING
        assert LONG.startswith(remembered[1])
        assert abs(len(remembered[1].split()) - len(answer.split())) <= 1
        await phone.hang_up()
        await phone.ended()


FAULTS: dict[str, dict[str, Any]] = {
    "the voice goes on sending before it confirms": {"speak": {"fault": SpeakFault(linger_ms=600)}},
    "the voice goes on sending after it confirmed": {"speak": {"fault": SpeakFault(haunt_ms=600)}},
    "the voice never confirms": {"speak": {"fault": SpeakFault(never_cleared=True)}},
    "the ears take nothing for 2 s": {"listen": {"fault": ListenFault(stall_after_ms=4000)}},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_vendor_in_trouble_neither_delays_nor_spoils_it(tmp_path: Path, fault: str) -> None:
    async with town(tmp_path, AT_ONCE, deepgram=FAULTS[fault]) as place:
        phone = await long_answer(place)
        delay, _ = await barge_in(phone)
        assert delay <= 0.250
        before = heard(phone)
        await hears(phone, "All right, I stop.")
        assert heard(phone)[len(before) :] == "All right, I stop."
        await phone.hang_up()
        await phone.ended()


class Slow(FrameProcessor):
    """A stage that has something to finish before it lets an interruption pass."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame) and direction is FrameDirection.DOWNSTREAM:
            await asyncio.sleep(1.2)
        await self.push_frame(frame, direction)


async def test_the_words_that_were_heard_are_remembered_before_those_that_interrupt(tmp_path: Path) -> None:
    # The caller's words are final sooner than the interruption has reached the end of the pipeline.
    line = make_line(barge_in=words(1), stages=[Slow])
    async with town(tmp_path, line) as place:
        phone = await long_answer(place)
        asked = len(place.world.openai.requests)
        await phone.say(said("no thank you"))
        async with asyncio.timeout(5):
            while len(place.world.openai.requests) == asked:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        agent, caller = place.messages()[-2:]
        assert (agent["role"], caller["role"]) == ("assistant", "user")
        assert LONG.startswith(agent["content"])
        row = await place.row(phone)
        assert LONG.startswith(row.turns[1].agent)
        assert row.turns[1].agent
        await phone.hang_up()
        await phone.ended()
