"""A caller whom nobody hears is told to wait, once they are silent."""

import asyncio
from typing import cast

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.floor import Floor
from tests.support import Bench, Up
from trunkline.asides import Asides
from trunkline.deafness import AFTER, AGAIN_AFTER, SILENCE, Deafness

WORDS = "One moment, please."


class Said(list[float]):
    """When something was said."""

    async def say(self, text: str) -> None:
        assert text == WORDS
        self.append(round(asyncio.get_running_loop().time() - self.began, 1))

    def __init__(self) -> None:
        super().__init__()
        self.began = asyncio.get_running_loop().time()


def deafness(floor: Floor) -> tuple[Deafness, Said]:
    said = Said()
    return Deafness(WORDS, floor, cast(Asides, said)), said


async def test_said_when_a_caller_who_spoke_is_silent_and_again() -> None:
    floor = Floor()
    deaf, said = deafness(floor)
    async with Bench(floor) as bench:
        said.began = asyncio.get_running_loop().time()
        deaf.changed(True)
        await bench.send(Up(VADUserStartedSpeakingFrame()))
        await asyncio.sleep(AFTER + 3)
        assert said == []
        await bench.send(Up(VADUserStoppedSpeakingFrame()))
        await asyncio.sleep(SILENCE + 0.1)
        assert said == [round(AFTER + 3 + SILENCE, 1)]
        await bench.send(Up(BotStartedSpeakingFrame()))
        await asyncio.sleep(AGAIN_AFTER + 1)
        assert len(said) == 1
        deaf.changed(False)


async def test_not_said_to_one_who_has_said_nothing_or_has_an_answer() -> None:
    floor = Floor()
    deaf, said = deafness(floor)
    async with Bench(floor) as bench:
        deaf.changed(True)
        await asyncio.sleep(10)
        deaf.changed(False)
        await bench.send(Up(VADUserStartedSpeakingFrame()), Up(VADUserStoppedSpeakingFrame()))
        await asyncio.sleep(10)
        assert said == []


async def test_words_right_before_the_trouble_was_noticed_count() -> None:
    floor = Floor()
    deaf, said = deafness(floor)
    async with Bench(floor) as bench:
        await bench.send(Up(VADUserStartedSpeakingFrame()), Up(VADUserStoppedSpeakingFrame()))
        await asyncio.sleep(1)
        deaf.changed(True)
        await asyncio.sleep(AFTER + 0.1)
        assert len(said) == 1
        deaf.changed(False)
