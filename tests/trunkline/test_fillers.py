"""When a filler is said, and which."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    LLMContextUserTurnFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.floor import Floor
from tests.processors.test_floor import result, started
from trunkline.fillers import AGAIN_AFTER, Fillers
from trunkline.testing.stage import Bench, Up, Wait


class Desk:
    """A floor, and what was said beside the conversation."""

    def __init__(self, texts: Sequence[str], own: Mapping[str, str]) -> None:
        self.floor = Floor()
        self.bench = Bench(self.floor)
        self.said: list[str] = []
        asides: Any = self
        Fillers(texts, 1.5, own, self.floor, asides)

    async def say(self, text: str) -> None:
        self.said.append(text)
        await self.see(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())

    async def see(self, *frames: Frame | float) -> list[str]:
        """Let frames come and time pass; all that was said by then."""
        await self.bench.send(*(Wait(f) if isinstance(f, (int, float)) else Up(f) for f in frames))
        return self.said


@asynccontextmanager
async def desk(*texts: str, **own: str) -> AsyncIterator[Desk]:
    made = Desk(texts, own)
    async with made.bench:
        yield made


async def test_it_comes_when_the_tool_has_taken_so_long() -> None:
    async with desk("a") as at:
        assert await at.see(started("1"), 1.4) == []
        assert await at.see(0.2) == ["a"]


async def test_a_tool_that_is_done_gets_none() -> None:
    async with desk("a") as at:
        assert await at.see(started("1"), 1.4, result("1"), 9) == []


async def test_each_text_comes_once_while_a_tool_runs() -> None:
    async with desk("a", "b") as at:
        assert await at.see(started("1"), 1.6, AGAIN_AFTER - 0.2) == ["a"]
        assert await at.see(0.3, 60) == ["a", "b"]


async def test_the_next_slow_tool_gets_the_next_text() -> None:
    async with desk("a", "b", "c") as at:
        await at.see(started("1"), 2, result("1"), started("2"), 2, result("2"))
        assert await at.see(started("3"), 60) == ["a", "b", "c", "a", "b"]


async def test_the_time_is_counted_from_the_last_sound() -> None:
    async with desk("a") as at:
        assert await at.see(BotStartedSpeakingFrame(), started("1"), 5, BotStoppedSpeakingFrame(), 1.4) == []
        assert await at.see(VADUserStartedSpeakingFrame(), 2, VADUserStoppedSpeakingFrame(), 1.4) == []
        assert await at.see(0.2) == ["a"]


async def test_nobody_waits_for_a_tool_of_an_earlier_turn() -> None:
    async with desk("a") as at:
        assert await at.see(started("1"), 1, LLMContextUserTurnFrame(text="hm", timestamp=""), 9) == []


async def test_a_hold_is_filler_enough() -> None:
    async with desk("a") as at:
        with at.floor.claimed():
            assert await at.see(started("1"), 9) == []


async def test_a_tool_may_have_its_own_or_none() -> None:
    async with desk("a", look_up="own") as at:
        assert await at.see(started("1"), 60) == ["own", "a"]
    async with desk("a", look_up="") as at:
        assert await at.see(started("1"), 60) == []
    async with desk(look_up="own") as at:
        assert await at.see(started("1"), 60) == ["own"]
