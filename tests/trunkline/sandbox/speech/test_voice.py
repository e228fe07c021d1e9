"""The agent's voice in a spoken call: sentence by sentence, off the event loop."""

import asyncio
import gc
import time
from collections.abc import Coroutine

import pytest

from tests.trunkline.sandbox.speech.hearing import hear, word_errors
from trunkline.sandbox import phrases
from trunkline.sandbox.speech.voice import SpokenVoice, caller_says

pytestmark = pytest.mark.spoken

RECOGNISABLE = 0.5
"""Word errors at which a text is still this one and no other; how well it is understood is Piper's test."""

TEXT = "We are open from eight to six. A cleaning takes forty-five minutes."


async def chunks(text: str) -> list[bytes]:
    return [chunk async for chunk in SpokenVoice().speak(text, "aura-2-thalia-en")]


async def longest_turn(work: Coroutine[object, object, object]) -> float:
    """Seconds of computing between two turns of the event loop while ``work`` runs, at most.

    Computing, not waiting: what other processes take from us is not counted, nor is the clean-up of what
    other tests left.
    """
    task, longest = asyncio.ensure_future(work), 0.0
    gc.disable()
    before = time.thread_time()
    while not task.done():
        await asyncio.sleep(0)
        now = time.thread_time()
        longest, before = max(longest, now - before), now
    gc.enable()
    await task
    return longest


def test_each_sentence_is_a_chunk_and_all_are_heard() -> None:
    spoken = asyncio.run(chunks(TEXT))
    assert len(spoken) == 2
    assert word_errors(TEXT, hear(b"".join(spoken)).text) <= RECOGNISABLE


def test_the_event_loop_is_not_held_up() -> None:
    asyncio.run(SpokenVoice().warm())
    assert asyncio.run(longest_turn(chunks(TEXT))) < 0.02


def test_a_recorded_text_is_played_and_any_other_is_spoken() -> None:
    assert asyncio.run(caller_says("Yes, please.")) == phrases.load()["yes please"]
    text = "I have lost my umbrella."
    assert word_errors(text, hear(asyncio.run(caller_says(text))).text) <= RECOGNISABLE
