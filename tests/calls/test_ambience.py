"""A line with the sound of a room: never silent, nothing waits for it, and nothing is heard to cut it."""

import asyncio
from pathlib import Path

import numpy as np

from processors import g711
from tests.calls.town import GREETING, LONG, PRICE, QUESTION, VOICE, Town, heard, hears, make_line, said, town
from transports.bed import mixed
from trunkline import comfort_noise, vad
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MarkReturned, MediaReceived

NOISE = comfort_noise(-50)
LOOP = NOISE.loop()
LINE = make_line(ambience=NOISE)
SHORT = (Rule("close today", "At six."),)


async def over(place: Town, phone: Phone) -> None:
    await phone.hang_up()
    await phone.ended()
    await place.left(phone)


def level(mulaw: bytes) -> float:
    samples = np.frombuffer(g711.decode(mulaw), g711.PCM).astype(float)
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) / 32768 + 1e-9))


def where(part: bytes, text: str) -> int:
    """The position in the loop of what is heard under a text.

    Raises:
        AssertionError: it is not that text, over a stretch of the loop without a break.
    """
    voice = VOICE.say(text)[: len(part)]
    twice = LOOP + LOOP
    for at in range(len(LOOP)):
        if (
            mixed(voice[:40], twice[at : at + 40]) == part[:40]
            and mixed(voice, (twice * 2)[at : at + len(voice)]) == part
        ):
            return at
    raise AssertionError(f"not heard under a stretch of the loop: {text!r}")


async def test_it_is_never_silent_and_costs_some_messages_a_minute(tmp_path: Path) -> None:
    async with town(tmp_path, LINE) as place:
        phone = await place.call()
        await asyncio.sleep(61)
        since = 8000  # the first second, with the greeting
        seconds = phone.heard[since : since + 58 * 8000]
        loudness = [level(seconds[at : at + 8000]) for at in range(0, len(seconds), 8000)]
        assert all(-52 < value < -48 for value in loudness), loudness
        bursts = {round(r.at, 1) for r in phone.log if isinstance(r, MediaReceived)}
        assert len(bursts) < 12
        assert not [r for r in phone.log if isinstance(r, ClearReceived) and r.at > 1]
        await over(place, phone)


async def test_the_loop_goes_on_under_the_voice_without_a_break(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=SHORT) as place:
        phone = await place.call()
        await asyncio.sleep(3)
        await phone.say(said(QUESTION))
        await asyncio.sleep(6)
        line = phone.heard
        reply = VOICE.say("At six.")
        begins = first_loud(line, 3 * 8000)
        under = where(line[begins : begins + len(reply)], "At six.")
        before = line[begins - 4000 : begins]
        behind = line[begins + len(reply) : begins + len(reply) + 4000]
        assert before == around(under - 4000)
        assert behind == around(under + len(reply))
        await over(place, phone)


def first_loud(line: bytes, since: int) -> int:
    """The sample at which a voice begins."""
    samples = np.abs(np.frombuffer(g711.decode(line[since:]), g711.PCM).astype(int))
    return since + int(np.argmax(samples > 3000))


def around(position: int) -> bytes:
    return (LOOP * 3)[position % len(LOOP) :][:4000]


async def test_it_does_not_delay_a_reply_and_is_not_taken_for_speech(tmp_path: Path) -> None:
    delays = []
    for line in (make_line(), LINE):
        async with town(tmp_path, line, rules=SHORT) as place:
            phone = await place.call()
            await asyncio.sleep(5)
            await phone.say(said(QUESTION))
            since = asyncio.get_running_loop().time()
            await asyncio.sleep(2)
            first = int((since - phone.answered_at) * 8000)
            delays.append((first_loud(phone.heard, first) - first) / 8000)
            assert [m["content"] for m in place.messages()] == [GREETING, QUESTION]
            marks = [
                r
                for r in phone.log
                if isinstance(r, MarkReturned) and r.at < 5 and not r.name.startswith("way")
            ]
            assert all(mark.at < 1.2 for mark in marks)
            await over(place, phone)
    assert abs(delays[0] - delays[1]) < 0.005


async def test_a_barge_in_leaves_the_room_and_takes_the_voice(tmp_path: Path) -> None:
    line, rules = (
        make_line(ambience=NOISE, barge_in=vad),
        [Rule("close today", LONG), Rule("no thank", PRICE)],
    )
    async with town(tmp_path, line, rules=rules) as place:
        phone = await place.call()
        await asyncio.sleep(3)
        await phone.say(said(QUESTION))
        await asyncio.sleep(3)
        before = len(phone.log)
        phone.say(said("no thank you"))
        cut = await phone.until(ClearReceived, since=before)
        await asyncio.sleep(0.05)
        at_cut = int((cut.at - phone.answered_at) * 8000)
        assert -56 < level(phone.heard[at_cut : at_cut + 400]) < -45
        await asyncio.sleep(6)
        assert -52 < level(phone.heard[-8000:]) < -48
        cut_text = place.messages()[-2]["content"]
        assert LONG.startswith(cut_text)
        assert len(cut_text) < len(LONG)
        await over(place, phone)


async def test_a_line_without_it_sends_nothing_between_replies(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        count = len(phone.log)
        await asyncio.sleep(30)
        assert len(phone.log) == count
        assert heard(phone) == GREETING
        await over(place, phone)


async def test_a_voice_that_is_ducked_and_comes_back_keeps_the_room(tmp_path: Path) -> None:
    async with town(tmp_path, LINE, rules=[Rule("close today", LONG)]) as place:
        phone = await place.call()
        await asyncio.sleep(3)
        await phone.say(said(QUESTION))
        await asyncio.sleep(3)
        await phone.say(said("hello")[::-1])  # a voice without words
        await asyncio.sleep(12)
        assert len([r for r in phone.log if isinstance(r, ClearReceived)]) >= 3
        assert -52 < level(phone.heard[-8000:]) < -48
        await phone.say(said(QUESTION))
        await asyncio.sleep(1)
        assert [m["content"] for m in place.messages()] == [GREETING, QUESTION, LONG, QUESTION]
        await over(place, phone)
