"""A noise is no barge-in: the agent is ducked or held for a moment and goes on, from what was kept."""

import asyncio
from pathlib import Path

import pytest

from processors.barge_in import vad, words
from tests.calls.loudness import TALE, quiet_words, silent_after, words_heard
from tests.calls.talking_over import ANSWER, NOISE, TALE_HEARD, asked, hears_words, replies, talking
from tests.calls.town import make_line, said, town
from transports.gain import gain
from trunkline.sandbox.ears import Phrasebook
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.records import ClearReceived


async def test_a_noise_ducks_the_agent_who_misses_no_word(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, phone):
        began = asyncio.get_running_loop().time()
        spoken = len(place.world.deepgram.speak.spoken)
        phone.say(NOISE)
        first = await phone.until(ClearReceived, since=len(phone.log))
        assert first.at - began <= 0.250
        await asyncio.sleep(2)
        ducked = quiet_words(phone)
        # From the VAD's start to 1.2 s after the noise began, at 15 characters a second.
        assert 12 <= len(ducked) <= 19
        await hears_words(phone, "HOLIDAYS.")
        assert words_heard(phone).endswith(TALE_HEARD)
        assert quiet_words(phone) == ducked
        assert silent_after(phone, 0) != 0
        assert (replies(place), asked(place)) == (0, [])
        assert len(place.world.deepgram.speak.spoken) == spoken


async def test_a_noise_holds_the_agent_who_goes_on_with_the_broken_word(tmp_path: Path) -> None:
    async with talking(tmp_path, barge_in=words(1, meanwhile="hold")) as (place, phone):
        spoken = len(place.world.deepgram.speak.spoken)
        since = len(phone.heard)
        await asyncio.sleep(0.13)
        phone.say(NOISE)
        await asyncio.sleep(0.6)
        stopped = silent_after(phone, since)
        assert stopped is not None
        assert stopped <= 0.250
        before = words_heard(phone)
        await hears_words(phone, "HOLIDAYS.")
        rest = words_heard(phone).removeprefix(before)
        told = before[before.index(TALE_HEARD[:10]) :]
        # Nothing is missing, and of what was heard no more than the broken word is said again.
        overlap = len(told) + len(rest) - len(TALE_HEARD)
        assert TALE_HEARD.endswith(rest)
        assert 0 <= overlap <= len("THURSDAY ")
        assert quiet_words(phone) == ""
        assert (replies(place), asked(place)) == (0, [])
        assert len(place.world.deepgram.speak.spoken) == spoken


async def test_a_noise_is_no_turn_and_nothing_of_it_is_in_the_next_one(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, phone):
        phone.say(NOISE)
        await hears_words(phone, "HOLIDAYS.")
        await asyncio.sleep(3)
        await phone.say(said("yes please"))
        await hears_words(phone, ANSWER)
        assert [text.lower().rstrip(".") for text in asked(place)] == ["yes please"]
        assert replies(place) == 1
        assert [m["role"] for m in place.messages()] == ["assistant", "user", "assistant", "user"]


@pytest.mark.parametrize("meanwhile", ["duck", "hold"])
async def test_a_noise_and_words_right_behind_it_are_one_barge_in(tmp_path: Path, meanwhile: str) -> None:
    async with talking(tmp_path, barge_in=words(1, meanwhile=meanwhile)) as (place, phone):  # type: ignore[arg-type]
        await phone.say(NOISE[:1600])
        await asyncio.sleep(0.1)
        phone.say(said("no thank you"))
        await hears_words(phone, ANSWER)
        assert len(asked(place)) == replies(place) == 1
        assert not words_heard(phone).endswith(TALE_HEARD)


async def test_noise_upon_noise_and_the_agent_is_still_heard_to_its_end(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, phone):
        for _ in range(4):
            await phone.say(NOISE)
            await asyncio.sleep(0.25)
        await hears_words(phone, "HOLIDAYS.")
        assert words_heard(phone).endswith(TALE_HEARD)
        assert replies(place) == 0


async def test_somebody_else_in_the_room_does_not_even_duck_the_agent(tmp_path: Path) -> None:
    async with talking(tmp_path) as (place, phone):
        await phone.say(said("Have you seen the car keys anywhere?").translate(gain(-20)))
        await hears_words(phone, "HOLIDAYS.")
        assert words_heard(phone).endswith(TALE_HEARD)
        assert quiet_words(phone) == ""
        await asyncio.sleep(3)
        assert (replies(place), asked(place)) == (0, [])


async def test_a_caller_who_is_quiet_from_the_start_interrupts_as_well(tmp_path: Path) -> None:
    async with town(tmp_path, make_line(barge_in=vad, greeting=TALE)) as place:
        phone = await place.call()
        await hears_words(phone, "WE ARE")
        since = len(phone.heard)
        phone.say(said("no thank you").translate(gain(-20)))
        await asyncio.sleep(0.6)
        assert len(phone.log.of(ClearReceived)) == 1
        assert (silent_after(phone, since) or 9) <= 0.250
        await phone.hang_up()
        await phone.ended()


async def test_words_of_somebody_else_in_the_room_are_nobody_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A recogniser understands them all the same.
    text = "Have you seen the car keys anywhere?"
    aside = said(text).translate(gain(-20))
    monkeypatch.setattr("tests.calls.town.BOOK", Phrasebook({**phrases(), text: aside}))
    async with talking(tmp_path) as (place, phone):
        await phone.say(aside)
        await hears_words(phone, "HOLIDAYS.")
        assert words_heard(phone).endswith(TALE_HEARD)
        await asyncio.sleep(3)
        assert (replies(place), asked(place)) == (0, [])
        # In silence, whoever speaks is answered.
        await phone.say(aside)
        await hears_words(phone, ANSWER)
        assert asked(place) == [text]
