"""An agent that is ducked, held back and played on: what the caller hears of it, sample by sample."""

import asyncio
from pathlib import Path

import pytest

from tests.calls.loudness import TALE, plain, quiet_words, sounds, words_heard
from tests.calls.town import GREETING, QUESTION, Town, hears, said, town
from transports.twilio_stream import TwilioStream
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived
from trunkline.sandbox.voice import CHARACTER

RULES = (Rule("close today", TALE), Rule(r"no thank you\W*$", "ALL RIGHT."))
TOLD = plain(TALE)
GREETED = plain(GREETING)


async def listening(place: Town, until: str) -> tuple[Phone, TwilioStream]:
    """A caller who has heard the beginning of a long answer, and the way to him."""
    phone = await place.call()
    await hears(phone, GREETING)
    await phone.say(said(QUESTION))
    await hears(phone, until)
    return phone, place.service.switchboard.calls[phone.sid].call.stream


async def told(phone: Phone, seconds: float = 12.0) -> str:
    """All that is heard of the answer."""
    await asyncio.sleep(seconds)
    return words_heard(phone).removeprefix(GREETED)


async def over(phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()


def clears(phone: Phone) -> int:
    return sum(isinstance(record, ClearReceived) for record in phone.log)


def repeated(heard: str) -> str:
    """What was heard twice, where the answer was broken off once; fails if anything is missing."""
    for at in range(len(heard) + 1):
        again = heard[at:]
        if TOLD.startswith(heard[:at]) and TOLD.endswith(again) and len(heard) >= len(TOLD):
            return heard[len(TOLD) - len(again) : at]
    raise AssertionError(f"{heard!r} is not {TOLD!r}, broken off once")


@pytest.mark.parametrize("after", [0.0, 0.13, 0.29, 0.41])
async def test_after_a_hold_the_sentence_goes_on_with_the_word_that_was_broken_off(
    tmp_path: Path, after: float
) -> None:
    async with town(tmp_path, rules=RULES) as place:
        phone, stream = await listening(place, TALE[:30])
        await asyncio.sleep(after)
        stream.hold()
        await asyncio.sleep(0.05)
        silent_from = len(phone.heard)
        await asyncio.sleep(1.5)
        assert set(phone.heard[silent_from:]) == {0xFF}
        asked = len(place.world.deepgram.speak.spoken)
        stream.play_on()
        again = repeated(await told(phone))
        assert again
        assert again.strip().count(" ") <= 1  # one word, which the estimate may miss by a few letters
        assert len(again) <= 10
        assert clears(phone) == 1
        assert len(place.world.deepgram.speak.spoken) == asked
        await over(phone)


async def test_a_ducked_agent_is_quieter_and_misses_nothing(tmp_path: Path) -> None:
    async with town(tmp_path, rules=RULES) as place:
        phone, stream = await listening(place, TALE[:30])
        stream.duck()
        await asyncio.sleep(1.0)
        stream.play_on()
        assert await told(phone) == TOLD
        assert quiet_words(phone) in TOLD
        assert 14 <= len(quiet_words(phone)) <= 16
        assert clears(phone) == 2
        await over(phone)


async def test_twice_within_300_ms_nothing_is_missing(tmp_path: Path) -> None:
    async with town(tmp_path, rules=RULES) as place:
        phone, stream = await listening(place, TALE[:30])
        for order in (stream.duck, stream.hold, stream.play_on, stream.hold, stream.play_on, stream.duck):
            order()
            await asyncio.sleep(0.05)
        stream.play_on()
        heard = await told(phone)
        assert heard.endswith(TOLD[40:])
        assert heard.startswith(TOLD[:28])
        assert len(heard) <= len(TOLD) + 2 * 10
        await over(phone)


async def test_what_the_voice_sends_meanwhile_is_heard_behind_it(tmp_path: Path) -> None:
    # A voice no faster than speech: most of the answer comes while it is held back.
    pace = {"speak": {"pace": Pace(first_audio_ms=80, speed=1.2)}}
    async with town(tmp_path, rules=RULES, deepgram=pace) as place:
        phone, stream = await listening(place, TALE[:30])
        stream.hold()
        await asyncio.sleep(20)
        assert stream.is_playing
        stream.play_on()
        assert len(repeated(await told(phone)).split()) <= 2
        await over(phone)


async def test_a_barge_in_out_of_a_hold_remembers_what_was_heard_before(tmp_path: Path) -> None:
    async with town(tmp_path, rules=RULES) as place:
        phone, stream = await listening(place, TALE[:30])
        stream.hold()
        await asyncio.sleep(0.2)
        phone.say(said("no thank you"))
        await hears(phone, "ALL RIGHT.")
        heard = words_heard(phone).removeprefix(GREETED).removesuffix(plain("ALL RIGHT."))
        (remembered,) = [m["content"] for m in place.messages() if m["content"] in TALE]
        assert TOLD.startswith(heard)
        assert abs(len(remembered.split()) - len(heard.split())) <= 1
        await over(phone)


async def test_the_level_falls_by_12_decibels(tmp_path: Path) -> None:
    async with town(tmp_path, rules=RULES) as place:
        phone, stream = await listening(place, TALE[:30])
        stream.duck()
        await asyncio.sleep(1.0)
        quiet = [sound for sound in sounds(phone) if sound.is_quiet]
        assert sum(sound.size for sound in quiet) == pytest.approx(8000, abs=CHARACTER)
        await over(phone)
