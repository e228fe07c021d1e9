"""Utterances begin and end where a caller does, by the audio alone."""

import asyncio

import numpy as np

from processors import g711
from trunkline.sandbox import phrases
from trunkline.sandbox.speech.utterance import LONGEST_MS, WINDOW_MS, Utterance, Utterances

QUESTION = phrases.load()["And how much is a check-up?"]
LONG = max(phrases.load().values(), key=len)


def silence(ms: int) -> bytes:
    return g711.SILENCE * g711.BYTES_PER_MS * ms


async def cut(audio: bytes, pause_ms: int = 300) -> list[Utterance]:
    """The utterances in ``audio``, which arrives in packets of 20 ms."""
    utterances, found = Utterances(pause_ms), list[Utterance]()
    for at in range(0, len(audio), 160):
        found += utterances.hear(audio[at : at + 160])
        await asyncio.sleep(0.02)
    utterances.close()
    return found


async def test_an_utterance_is_where_the_speech_is() -> None:
    (heard,) = await cut(silence(1000) + QUESTION + silence(1000))
    end_ms = 1000 + len(QUESTION) / 8
    assert abs(heard.start_ms - 1000) <= 100
    assert abs(heard.end_ms - end_ms) <= 120
    assert heard.over
    assert len(heard.audio) / 8 >= len(QUESTION) / 8


async def test_it_goes_on_over_a_short_pause_and_ends_with_a_long_one() -> None:
    assert len(await cut(QUESTION + silence(200) + QUESTION + silence(500), pause_ms=500)) == 1
    assert len(await cut(QUESTION + silence(600) + QUESTION + silence(500), pause_ms=300)) == 2


async def test_one_that_goes_on_is_not_over() -> None:
    (heard,) = await cut(silence(200) + QUESTION)
    assert not heard.over
    assert heard.quiet_ms < 300


async def test_silence_and_faint_noise_are_none() -> None:
    noise = np.random.default_rng(2).normal(0, 30, 16000).astype("<i2").tobytes()
    assert await cut(silence(1000) + g711.encode(noise)) == []


async def test_one_without_an_end_is_cut() -> None:
    heard = await cut(LONG * 3, pause_ms=2000)
    assert len(heard) >= 2
    assert heard[0].end_ms - heard[0].start_ms <= LONGEST_MS + WINDOW_MS


async def test_it_can_be_ended_early_but_not_in_the_middle_of_a_word() -> None:
    utterances = Utterances(1000)
    utterances.hear(QUESTION)
    await asyncio.sleep(0.1)
    (heard,) = utterances.hear(silence(300))
    utterances.end_if_quiet(100)
    assert not heard.over
    await asyncio.sleep(0.1)
    utterances.end_if_quiet(100)
    utterances.end_if_quiet(100)
    assert heard.over
    utterances.close()
