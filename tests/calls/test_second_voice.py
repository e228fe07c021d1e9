"""The voice is lost in the middle of a call, and another one goes on: the caller misses no word."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from tests.calls.second_vendors import SECOND_KEY, OtherTTS, second_deepgram, staffed
from tests.calls.test_voice_fails import APOLOGY, in_order
from tests.calls.town import (
    GREETING,
    LONG,
    PRICE,
    PRICE_QUESTION,
    QUESTION,
    Town,
    heard,
    hears,
    said,
    town,
)
from trunkline.call import Call
from trunkline.line import Line
from trunkline.sandbox.deepgram import DeepgramServer
from trunkline.sandbox.speak_faults import SOUND, SpeakFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived, Said

LOST: dict[str, SpeakFault] = {
    "refused": SpeakFault(refuse=401),
    "429": SpeakFault(refuse=429),
    "500": SpeakFault(refuse=500),
    "silent": SpeakFault(silent=True),
    "mute": SpeakFault(mute=True),
}
"""What is wrong with all of the first vendor's connections from the first question on."""


def by_deepgrams(second: DeepgramServer) -> Line:
    """A line whose second voice is another Deepgram's."""

    def tts(call: Call) -> FrameProcessor:
        return call.failover(
            call.aura_tts(),
            lambda: call.aura_tts("aura-2-apollo-en", base_url=second.base_url, api_key=SECOND_KEY),
        )

    return staffed(tts=tts)


def by_other(made: list[OtherTTS], **options: Any) -> Line:
    """A line whose second voice is a service of pipecat."""

    def build() -> OtherTTS:
        made.append(OtherTTS(**options))
        return made[-1]

    return staffed(tts=lambda call: call.failover(call.aura_tts(), build))


async def ask(phone: Phone, question: str, answer: str) -> float:
    """Ask, and hear the answer; returns the seconds from the question to the answer's first sound."""
    loop, before = asyncio.get_running_loop(), heard(phone)
    await phone.say(said(question))
    asked = loop.time()
    await hears(phone, before + answer)
    return next(r.at for r in phone.log.of(MediaReceived) if r.at > asked - 0.5) - asked


async def answered(place: Town, phone: Phone) -> None:
    answer = heard(phone).removeprefix(GREETING)
    assert in_order(PRICE, answer), answer
    await phone.hang_up()
    await phone.ended()
    assert (await place.row(phone)).turns[1].agent == PRICE


@pytest.mark.parametrize("what", LOST)
async def test_the_second_voice_says_what_the_first_did_not_within_the_reply(
    tmp_path: Path, what: str
) -> None:
    async with second_deepgram() as second, town(tmp_path, by_deepgrams(second)) as place:
        voice = place.world.deepgram.speak
        phone = await place.call()
        await hears(phone, GREETING)
        voice.fault = LOST[what]
        await voice.close()
        assert await ask(phone, PRICE_QUESTION, PRICE) < 2.5
        await answered(place, phone)
        assert {request.model for request in second.speak.requests} == {"aura-2-apollo-en"}


@pytest.mark.parametrize("what", LOST)
async def test_a_service_of_pipecat_says_what_the_first_did_not(tmp_path: Path, what: str) -> None:
    made: list[OtherTTS] = []
    async with town(tmp_path, by_other(made)) as place:
        voice = place.world.deepgram.speak
        phone = await place.call()
        await hears(phone, GREETING)
        assert made == []
        voice.fault = LOST[what]
        await voice.close()
        assert await ask(phone, PRICE_QUESTION, PRICE) < 2.5
        await answered(place, phone)
        await place.left(phone)
        assert [service.is_cleaned_up for service in made] == [True]


@pytest.mark.parametrize("other", ["deepgram", "pipecat"])
async def test_an_interruption_ends_the_second_voice_as_it_ends_the_first(tmp_path: Path, other: str) -> None:
    made: list[OtherTTS] = []
    async with second_deepgram() as second:
        line = by_deepgrams(second) if other == "deepgram" else by_other(made, pace=0.01)
        async with town(tmp_path, line) as place:
            phone = await place.call()
            await hears(phone, GREETING)
            place.world.deepgram.speak.fault = SpeakFault(refuse=500)
            await place.world.deepgram.speak.close()
            await phone.say(said(QUESTION))
            await hears(phone, "We are open from")
            await phone.say(said(PRICE_QUESTION))
            await hears(phone, PRICE)
            assert phone.log.of(ClearReceived)
            heard_first, _, rest = heard(phone).removeprefix(GREETING).partition(PRICE)
            assert not rest
            as_loud_as_ever = re.split(r"[^ -~]", heard_first)[0]  # before it was ducked
            assert LONG.startswith(as_loud_as_ever[:-1])
            assert len(heard_first) - len(as_loud_as_ever) < 20
            assert len(heard_first) < len(LONG) - 20
            await phone.hang_up()
            await phone.ended()
            first, second_turn = (await place.row(phone)).turns[1:]
            assert LONG.startswith(first.agent)
            assert abs(len(first.agent) - len(heard_first)) < 16
            assert second_turn.agent == PRICE


async def test_the_first_voice_is_back_at_a_reply_after_its_rest_and_nobody_waits_for_it(
    tmp_path: Path,
) -> None:
    made: list[OtherTTS] = []
    async with town(tmp_path, by_other(made)) as place:
        voice = place.world.deepgram.speak
        phone = await place.call()
        await hears(phone, GREETING)
        voice.fault = SpeakFault(refuse=401)
        await voice.close()
        await ask(phone, PRICE_QUESTION, PRICE)
        voice.fault = SOUND
        assert await ask(phone, PRICE_QUESTION, PRICE) < 1.2  # it rests
        await asyncio.sleep(15)
        for _ in range(2):  # the first of them is the trial, which nobody hears
            assert await ask(phone, PRICE_QUESTION, PRICE) < 1.2
        assert made[0].texts == [PRICE] * 3
        assert voice.spoken[-1].text == PRICE
        assert heard(phone) == GREETING + PRICE * 4
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        assert made[0].is_cleaned_up


async def test_what_one_call_has_found_out_another_does_not_wait_for(tmp_path: Path) -> None:
    async with second_deepgram() as second, town(tmp_path, by_deepgrams(second)) as place:
        voice = place.world.deepgram.speak
        voice.fault = SpeakFault(refuse=401)
        first = await place.call()
        await hears(first, GREETING)
        before = voice.connections
        other = await place.call()
        await hears(other, GREETING)
        assert await ask(other, PRICE_QUESTION, PRICE) < 1.2
        assert voice.connections == before
        for phone in (first, other):
            await phone.hang_up()
            await phone.ended()


async def test_when_no_voice_is_left_the_carrier_says_what_was_not_said(tmp_path: Path) -> None:
    made: list[OtherTTS] = []
    async with town(tmp_path, by_other(made, breaks_after=0)) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        place.world.deepgram.speak.fault = SpeakFault(silent_after_bytes=20_000)
        await place.world.deepgram.speak.close()
        await phone.say(said(QUESTION))
        await phone.ended()
        (record,) = phone.log.of(Said)
        begun = heard(phone).removeprefix(GREETING)
        assert record.text.endswith(f" {APOLOGY}")
        unsaid = record.text.removesuffix(f" {APOLOGY}")
        assert LONG.endswith(unsaid)
        assert 0 < len(begun) + len(unsaid) - len(LONG) < 16  # a word may be begun twice, none is missing
        row = await place.row(phone)
        assert (row.outcome, "OtherTTS" in row.reason) == ("failed", True)
        assert made[0].is_cleaned_up


async def test_a_voice_of_pipecat_may_be_the_first(tmp_path: Path) -> None:
    made: list[OtherTTS] = []

    def tts(call: Call) -> FrameProcessor:
        made.append(OtherTTS(breaks_after=2))
        return call.failover(made[-1], lambda: call.aura_tts())

    async with town(tmp_path, staffed(tts=tts)) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await ask(phone, PRICE_QUESTION, PRICE)
        assert place.world.deepgram.speak.connections == 0
        await ask(phone, PRICE_QUESTION, PRICE)
        assert heard(phone) == GREETING + PRICE * 2
        assert [request.text for request in place.world.deepgram.speak.spoken] == [PRICE]
        await phone.hang_up()
        await phone.ended()
