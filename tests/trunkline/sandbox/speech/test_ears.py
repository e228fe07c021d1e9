"""Ears for any English speech, through the seam that the emulator uses and on the real clock."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from processors import g711
from tests.trunkline.sandbox.speech.hearing import word_errors
from tests.trunkline.sandbox.speech.test_voice import longest_turn
from trunkline.sandbox import phrases
from trunkline.sandbox.ears import Speech
from trunkline.sandbox.speech.ears import PAUSE_MS, SpokenEars, pause, warm

pytestmark = pytest.mark.spoken

NAME = "My name is Anna Baker."
HOURS = "Hello, what are your opening hours on Saturday?"


def silence(ms: int) -> bytes:
    return g711.SILENCE * g711.BYTES_PER_MS * ms


async def listen(audio: bytes, query: Mapping[str, str], *, finish: bool = False) -> list[Speech]:
    """All that ears say about ``audio``, up to the end of the first utterance that is over."""
    ears, speeches = SpokenEars(query), list[Speech]()
    for at in range(0, len(audio), 160):
        speeches += await ears.hear(audio[at : at + 160])
        await asyncio.sleep(0)
    while not (finish or any(speech.over for speech in speeches)):
        speeches += await ears.hear(silence(20))
        await asyncio.sleep(0.001)
    if finish:
        speeches += await ears.finish()
    await ears.close()
    return speeches


def heard(speeches: Sequence[Speech]) -> str:
    return " ".join(word.text for word in speeches[-1].words)


def test_a_sentence_is_understood_and_placed() -> None:
    mulaw = phrases.load()[NAME]
    speeches = asyncio.run(listen(silence(500) + mulaw + silence(400), {"endpointing": "300"}))
    final = speeches[-1]
    assert word_errors(NAME, heard(speeches)) == 0
    assert abs(final.start - 0.5) < 0.1
    assert abs(final.end - 0.5 - len(mulaw) / 8000) < 0.15
    assert [speech.over for speech in speeches].count(True) == 1


def test_speech_is_reported_before_any_word_of_it() -> None:
    speeches = asyncio.run(listen(silence(500) + phrases.load()[HOURS], {}, finish=True))
    assert not speeches[0].words
    assert len({speech.start for speech in speeches}) == 1


def test_a_client_that_finalises_gets_the_words_at_once() -> None:
    audio = silence(200) + phrases.load()[NAME] + silence(250)
    speeches = asyncio.run(listen(audio, {"endpointing": "2000"}, finish=True))
    assert word_errors(NAME, heard(speeches)) == 0
    assert speeches[-1].over


def test_silence_is_not_speech() -> None:
    assert asyncio.run(listen(silence(1000), {}, finish=True)) == []


def test_two_connections_do_not_mix() -> None:
    async def both() -> tuple[list[Speech], list[Speech]]:
        one, two = (silence(200) + phrases.load()[text] + silence(400) for text in (NAME, HOURS))
        return await asyncio.gather(listen(one, {}), listen(two, {}))

    one, two = asyncio.run(both())
    assert word_errors(NAME, heard(one)) == 0
    assert word_errors(HOURS, heard(two)) < 0.2


def test_the_event_loop_is_not_held_up() -> None:
    asyncio.run(warm())
    assert asyncio.run(longest_turn(listen(phrases.load()[HOURS] + silence(400), {}))) < 0.02


@pytest.mark.parametrize(
    ("query", "ms"), [({"endpointing": "500"}, 500), ({"endpointing": "false"}, PAUSE_MS), ({}, PAUSE_MS)]
)
def test_the_pause_is_the_one_that_the_client_asks_for(query: dict[str, str], ms: int) -> None:
    assert pause(query) == ms
