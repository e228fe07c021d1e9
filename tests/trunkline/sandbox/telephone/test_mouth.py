"""What the caller says, when."""

import asyncio

import pytest

from processors.g711 import SILENCE
from trunkline.sandbox.telephone.mouth import Mouth
from trunkline.sandbox.telephone.tape import Timeline


def mouth_now() -> tuple[Mouth, Timeline]:
    timeline = Timeline()
    timeline.answered_at = asyncio.get_running_loop().time()
    return Mouth(timeline), timeline


async def test_an_utterance_begins_with_a_packet_and_takes_its_time() -> None:
    mouth, _ = mouth_now()
    await asyncio.sleep(0.030)
    before = asyncio.get_running_loop().time()
    utterance = mouth.say(b"a" * 250)
    assert utterance.begins_at == pytest.approx(0.04)
    assert await utterance
    assert asyncio.get_running_loop().time() - before == pytest.approx(0.010 + 250 / 8000)
    assert mouth.tape.whole == SILENCE * 320 + b"a" * 250


async def test_each_waits_for_the_one_before_and_fills_its_packet() -> None:
    mouth, _ = mouth_now()
    first, second = mouth.say(b"a" * 200), mouth.say(b"b" * 160)
    await first
    assert not second.done()
    await second
    assert mouth.tape.whole == b"a" * 200 + SILENCE * 120 + b"b" * 160
    assert [mouth.packet(slot) for slot in (0, 2)] == [b"a" * 160, b"b" * 160]


async def test_what_is_said_while_it_rings_is_said_on_the_answer() -> None:
    timeline = Timeline()
    mouth = Mouth(timeline)
    utterance = mouth.say(b"a" * 160)
    await asyncio.sleep(5)
    assert not utterance.done()
    with pytest.raises(RuntimeError, match="answered"):
        assert utterance.begins_at
    timeline.answered_at = asyncio.get_running_loop().time()
    mouth.arm()
    assert await utterance
    assert asyncio.get_running_loop().time() == 5.02
    assert mouth.tape.whole == b"a" * 160


async def test_hushing_cuts_off_and_the_next_utterance_is_aligned_again() -> None:
    mouth, _ = mouth_now()
    cut, never = mouth.say(b"a" * 1600), mouth.say(b"b" * 160)
    await asyncio.sleep(0.05)
    mouth.hush()
    assert (await cut, await never) == (False, False)
    assert await mouth.say(b"c" * 160)
    assert mouth.tape.whole == b"a" * 400 + SILENCE * 80 + b"c" * 160


async def test_it_is_known_when_the_caller_fell_silent() -> None:
    mouth, timeline = mouth_now()
    assert mouth.quiet_at == timeline.answered_at
    mouth.say(b"a" * 8000)
    assert mouth.quiet_at == 1.0
    await asyncio.sleep(0.5)
    mouth.hush()
    assert mouth.quiet_at == 0.5


async def test_a_closed_mouth_says_nothing() -> None:
    mouth, _ = mouth_now()
    cut = mouth.say(b"a" * 8000)
    await asyncio.sleep(0.1)
    mouth.close()
    assert not await cut
    assert not await mouth.say(b"b")
    await asyncio.sleep(1)
    assert mouth.tape.whole == b"a" * 800
    assert mouth.packet(10) == SILENCE * 160
