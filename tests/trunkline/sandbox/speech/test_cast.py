"""The cast of a spoken rehearsal is loaded once and can speak before the call begins."""

import asyncio

import pytest

from trunkline.sandbox.dialogue.brain import Dialogue
from trunkline.sandbox.speech.cast import spoken


@pytest.mark.spoken
def test_everybody_is_there_and_has_a_voice() -> None:
    async def speak() -> tuple[bytes, bytes]:
        cast = await spoken()
        assert isinstance(cast.brain, Dialogue)
        agent = b"".join([chunk async for chunk in cast.voice.speak("Good morning.", "aura-2-thalia-en")])
        return agent, await cast.speak("Good morning.")

    agent, caller = asyncio.run(speak())
    assert 4000 < len(agent) < 24_000
    assert 4000 < len(caller) < 24_000
    assert agent != caller
