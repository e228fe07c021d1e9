"""Keys become words after a pause or ``#``, or are gathered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    InputDTMFFrame,
    LLMContextUserTurnFrame,
)
from pipecat.pipeline.pipeline import Pipeline

from processors.dtmf import PAUSE, Keypad
from processors.floor import Floor
from processors.frames import KeysFrame, KeysSoFarFrame
from trunkline.testing.stage import Bench, Up, Wait


class Desk:
    """A keypad behind a floor."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.cuts = 0
        self.keypad = Keypad(self.floor, self._cut)
        self.bench = Bench(Pipeline([self.floor, self.keypad]))

    async def _cut(self) -> None:
        self.cuts += 1

    async def press(self, keys: str) -> None:
        await self.bench.send(*(Up(InputDTMFFrame(button=KeypadEntry(key))) for key in keys))

    async def gather(
        self, count: int = 4, terminator: str = "#", *, cuts: bool = True
    ) -> "asyncio.Task[str | None]":
        """Somebody waits for keys by now."""
        task = asyncio.create_task(self.keypad.digits(count, terminator, 5.0, cuts=cuts))
        await asyncio.sleep(0)
        return task

    @property
    def words(self) -> list[str]:
        return [frame.text for frame in self.bench.heard.of(KeysFrame)]


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    async with made.bench:
        yield made


async def test_keys_are_words_after_a_pause() -> None:
    async with desk() as at:
        await at.press("12")
        await at.bench.send(Wait(PAUSE - 0.1))
        await at.press("0")
        await at.bench.send(Wait(PAUSE - 0.1))
        assert at.words == []
        await at.bench.send(Wait(0.2))
        assert at.words == ["pressed 1 2 0"]
        assert [f.text for f in at.bench.heard.of(KeysSoFarFrame)] == [
            "pressed 1",
            "pressed 1 2",
            "pressed 1 2 0",
        ]
        assert at.bench.heard.of(KeysFrame)[0].finalized
        await at.bench.send(Wait(10))
        assert len(at.words) == 1


async def test_a_hash_ends_them_at_once() -> None:
    async with desk() as at:
        await at.press("1#2")
        assert at.words == ["pressed 1 #"]
        await at.bench.send(Wait(PAUSE + 0.1))
        assert at.words == ["pressed 1 #", "pressed 2"]


async def test_a_gather_ends_with_enough_keys() -> None:
    async with desk() as at:
        gathering = await at.gather(3)
        await at.press("123")
        assert await gathering == "123"
        assert at.words == []


async def test_a_gather_ends_with_its_terminator_and_no_other() -> None:
    async with desk() as at:
        for terminator, keys, expected in (("#", "1#", "1"), ("*", "1#*", "1#"), ("", "1#*2", "1#*2")):
            gathering = await at.gather(4, terminator)
            await at.press(keys)
            assert await gathering == expected


async def test_a_gather_ends_after_silence_that_nobody_fills() -> None:
    async with desk() as at:
        gathering = await at.gather()
        await at.bench.send(
            Wait(4), Up(BotStartedSpeakingFrame()), Wait(9), Up(BotStoppedSpeakingFrame()), Wait(4)
        )
        assert not gathering.done()
        await at.press("1")
        await at.bench.send(Wait(4.9))
        assert not gathering.done()
        assert await gathering == "1"


async def test_a_gather_ends_when_the_caller_says_something_instead() -> None:
    async with desk() as at:
        gathering = await at.gather()
        await at.press("1")
        await at.bench.send(Up(LLMContextUserTurnFrame(text="I do not know it", timestamp="")))
        assert await gathering == "1"


async def test_a_gather_ends_with_the_call_and_none_begins_after_it() -> None:
    async with desk() as at:
        gathering = await at.gather()
        await at.press("1")
        await at.bench.send(CancelFrame())
        assert await gathering is None
        assert await (await at.gather()) is None


async def test_a_cancelled_gather_leaves_the_keys_to_the_model() -> None:
    async with desk() as at:
        gathering = await at.gather()
        await at.press("1")
        gathering.cancel()
        await asyncio.wait({gathering})
        assert not at.floor.is_claimed
        await at.press("2#")
        assert at.words == ["pressed 2 #"]


@pytest.mark.parametrize(("cuts", "expected"), [(True, 1), (False, 0)])
async def test_the_first_key_cuts_what_the_agent_says(cuts: bool, expected: int) -> None:
    async with desk() as at:
        gathering = await at.gather(2, cuts=cuts)
        await at.bench.send(Up(BotStartedSpeakingFrame()))
        await at.press("12")
        assert await gathering == "12"
        assert at.cuts == expected


async def test_one_hash_too_many_means_nothing_for_a_moment() -> None:
    async with desk() as at:
        gathering = await at.gather(2)
        await at.press("12")
        await gathering
        await at.press("#")
        assert at.words == []
        await at.press("#")
        assert at.words == ["pressed #"]
        gathering = await at.gather(2)
        await at.press("12")
        await gathering
        await at.bench.send(Wait(PAUSE + 0.1))
        await at.press("#")
        assert at.words == ["pressed #", "pressed #"]


async def test_two_gathers_or_impossible_ones_are_refused() -> None:
    async with desk() as at:
        gathering = await at.gather()
        await at.bench.send(Wait(0.1))
        with pytest.raises(ValueError, match="two gathers"):
            await (await at.gather())
        gathering.cancel()
        with pytest.raises(ValueError, match="1 or more keys"):
            await (await at.gather(0))
        with pytest.raises(ValueError, match="one terminator"):
            await (await at.gather(3, "##"))
