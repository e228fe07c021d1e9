"""Audio comes when it should, as fast as it should, in messages of no particular size."""

import asyncio

import pytest

from tests.speaking import connected
from trunkline.sandbox.speak import Pace, SpeakEmulator
from trunkline.sandbox.voice import ScriptedVoice

read = ScriptedVoice().read


async def test_the_first_audio_takes_its_time() -> None:
    async with connected(SpeakEmulator(ScriptedVoice(), pace=Pace(first_audio_ms=120))) as client:
        before = asyncio.get_running_loop().time()
        await client.speak("Hello.")
        await client.until("Flushed")
        assert client.arrived[0] - before == pytest.approx(0.12, abs=0.01)


async def test_a_text_whose_time_has_come_follows_the_one_before_without_a_pause() -> None:
    async with connected(SpeakEmulator(ScriptedVoice(), pace=Pace(speed=1, chunk_ms=(100, 100)))) as client:
        await client.speak("One.")
        await client.speak("Two.")
        await client.until("Flushed")
        await client.until("Flushed")
        gaps = [b - a for a, b in zip(client.arrived, client.arrived[1:], strict=False)]
        assert max(gaps) < 0.11


@pytest.mark.parametrize("speed", [1.0, 20.0])
async def test_it_is_as_fast_as_it_is_set_to_be(speed: float) -> None:
    async with connected(SpeakEmulator(ScriptedVoice(), pace=Pace(speed=speed))) as client:
        before = asyncio.get_running_loop().time()
        await client.speak("x" * 150)
        await client.until("Flushed")
        assert asyncio.get_running_loop().time() - before == pytest.approx(0.08 + 10 / speed, rel=0.05)


async def test_messages_are_odd_in_size_and_never_aligned() -> None:
    async with connected(SpeakEmulator(ScriptedVoice(), pace=Pace(chunk_ms=(20, 200)))) as client:
        await client.speak("x" * 150)
        await client.until("Flushed")
        sizes = [len(chunk) for chunk in client.audio[:-1]]
        assert all(20 * 8 <= size <= 200 * 8 + 1 and size % 2 for size in sizes)
        assert len(set(sizes)) > 5


async def test_many_speak_at_once() -> None:
    emulator = SpeakEmulator(ScriptedVoice())
    async with connected(emulator) as one, connected(emulator) as two:
        await one.speak("First caller.")
        await two.speak("Second caller.")
        assert read(await two.until("Flushed")) == "Second caller."
        assert read(await one.until("Flushed")) == "First caller."
