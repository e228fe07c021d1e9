"""Aura is in trouble: the rest of the sentence is heard all the same, or the carrier's voice apologises."""

import asyncio
from pathlib import Path

from tests.calls.neighbour import neighbour
from tests.calls.town import (
    GREETING,
    NUMBER,
    PRICE,
    PRICE_QUESTION,
    RULES,
    Town,
    heard,
    hears,
    make_line,
    outside,
    said,
    serving,
    town,
)
from trunkline.sandbox.speak_faults import SOUND, SpeakFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import MediaReceived, Said, StreamStarted, VerbRun

APOLOGY = make_line().apology
AURA = "aura-2-thalia-en"

BROKEN: dict[str, SpeakFault] = {
    "closed in mid-sentence": SpeakFault(close_after_bytes=9000),
    "cut in mid-sentence": SpeakFault(close_after_bytes=9000, close_code=None),
    "fell silent in mid-sentence": SpeakFault(silent_after_bytes=9000),
    "silent": SpeakFault(silent=True),
    "mute": SpeakFault(mute=True),
    "garbage between the audio": SpeakFault(garbage="{"),
    "slow": SpeakFault(slow_ms=2000),
    "429": SpeakFault(refuse=429),
    "500": SpeakFault(refuse=500),
}
"""What is wrong with a call's first connection."""


async def converse(phone: Phone) -> None:
    await hears(phone, GREETING)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE[-8:])
    await phone.hang_up()
    await phone.ended()
    answer = heard(phone).removeprefix(GREETING)
    assert in_order(PRICE, answer), answer


def in_order(text: str, answer: str) -> bool:
    """Whether every word of the text was heard, in order; one may have been begun twice."""
    at = 0
    for word in text.split():
        at = answer.find(word, at)
        if at < 0:
            return False
    return len(answer) <= len(text) + 12


async def test_a_sentence_that_broke_off_is_heard_to_its_end_and_no_other_call_is_harmed(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as place, neighbour(place):
        voice = place.world.deepgram.speak
        phones = []
        for fault in BROKEN.values():
            voice.faults.append(fault)
            phones.append(await place.call())
            assert not voice.faults
        results = await asyncio.gather(*map(converse, phones), return_exceptions=True)
        assert {w: r for w, r in zip(BROKEN, results, strict=True) if r is not None} == {}


async def test_a_voice_that_is_refused_is_replaced_by_the_carrier_s(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        place.world.deepgram.speak.fault = SpeakFault(refuse=401)
        phone = await place.ring()
        await apologised(place, phone, "answered 401")


async def test_a_voice_that_stays_silent_is_replaced_by_the_carrier_s(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        place.world.deepgram.speak.fault = SpeakFault(silent=True)
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said(PRICE_QUESTION))
        await apologised(place, phone, "fell silent", unsaid=PRICE)


async def apologised(place: Town, phone: Phone, reason: str, unsaid: str = "") -> None:
    await phone.ended()
    assert [record.text for record in phone.log.of(Said)] == [f"{unsaid} {APOLOGY}".strip()]
    assert [record.name for record in phone.log.of(VerbRun)][-2:] == ["Say", "Hangup"]
    row = await place.row(phone)
    assert row.outcome == "failed"
    assert reason in row.reason


async def test_a_greeting_that_could_not_be_prepared_is_spoken_live(tmp_path: Path) -> None:
    broken = {"speak": {"fault": SpeakFault(refuse=401)}}
    async with (
        outside(RULES, deepgram=broken) as world,
        serving(world, tmp_path, [make_line()]) as service,
    ):
        assert service.vendors.prompts.of(AURA) == {}
        world.deepgram.speak.fault = SOUND
        phone = await world.carrier.call(f"{service.url}/twilio/voice", to=NUMBER)
        await hears(phone, GREETING)
        delay = phone.log.of(MediaReceived)[0].at - phone.log.of(StreamStarted)[0].at
        assert 0.05 < delay < 0.5
        await phone.hang_up()
        await phone.ended()
        # The next caller hears it at once again.
        await service.vendors.prompts.ready()
        assert GREETING in service.vendors.prompts.of(AURA)
