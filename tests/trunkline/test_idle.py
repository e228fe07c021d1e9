"""The clock of a caller's silence: what it counts, what holds it up, what begins it anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InputDTMFFrame,
    LLMContextUserTurnFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.floor import REPLY_LIMIT, Floor
from trunkline.idle import Idle, IdleClock
from trunkline.testing.stage import Bench, Up

IDLE = Idle(after=6.0, prompts=("one", "two"), farewell="bye")


class Room:
    """A call in which nothing is heard; writes down what would be."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.bench = Bench(self.floor)
        self.said: list[str] = []

    async def say(self, text: str) -> None:
        self.said.append(text)

    async def hang_up(self, farewell: str, *, reason: str) -> None:
        self.said += [farewell, reason]

    async def pass_by(self, seconds: float, *frames: Frame) -> None:
        await self.bench.send(*map(Up, frames))
        await asyncio.sleep(seconds)


@asynccontextmanager
async def room(idle: Idle = IDLE) -> AsyncIterator[tuple[Room, IdleClock]]:
    made: Any = Room()
    async with made.bench:
        clock = IdleClock(idle, made)
        yield made, clock
        clock.stop()


async def test_silence_escalates_to_the_end() -> None:
    async with room() as (call, _):
        await call.pass_by(5.9)
        assert call.said == []
        await call.pass_by(0.2)
        assert call.said == ["one"]
        await call.pass_by(12)
        assert call.said == ["one", "two", "bye", "idle"]


async def test_it_begins_again_when_the_agent_has_spoken() -> None:
    async with room() as (call, _):
        await call.pass_by(5)
        await call.pass_by(3, BotStartedSpeakingFrame())
        await call.pass_by(5.9, BotStoppedSpeakingFrame())
        assert call.said == []
        await call.pass_by(0.2)
        assert call.said == ["one"]


@pytest.mark.parametrize(
    "sign", [LLMContextUserTurnFrame(text="hello", timestamp=""), InputDTMFFrame(button=KeypadEntry.ONE)]
)
async def test_words_and_keys_begin_it_anew(sign: Frame) -> None:
    async with room() as (call, _):
        await call.pass_by(6.1)
        await call.pass_by(0.1, sign)
        await call.pass_by(6.1, BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        assert call.said == ["one", "one"]


async def test_noise_holds_it_up_and_does_not_begin_it_anew() -> None:
    async with room() as (call, _):
        await call.pass_by(3)
        await call.pass_by(10, VADUserStartedSpeakingFrame())
        await call.pass_by(2.9, VADUserStoppedSpeakingFrame())
        assert call.said == []
        await call.pass_by(0.2)
        assert call.said == ["one"]


async def test_right_after_a_noise_nothing_is_asked() -> None:
    async with room() as (call, _):
        await call.pass_by(5.9)
        await call.pass_by(1, VADUserStartedSpeakingFrame())
        await call.pass_by(1.9, VADUserStoppedSpeakingFrame())
        assert call.said == []
        await call.pass_by(0.2)
        assert call.said == ["one"]


async def test_a_reply_that_is_due_is_waited_for() -> None:
    async with room() as (call, _):
        await call.pass_by(REPLY_LIMIT + 5.9, LLMContextUserTurnFrame(text="hello", timestamp=""))
        assert call.said == []
        await call.pass_by(0.2)
        assert call.said == ["one"]


async def test_who_was_asked_for_patience_is_not_idle() -> None:
    async with room() as (call, _):
        with call.floor.claimed():
            await call.pass_by(60)
        await call.pass_by(5.9)
        assert call.said == []


async def test_a_stopped_clock_says_nothing() -> None:
    async with room() as (call, clock):
        clock.stop()
        await call.pass_by(60, BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        assert call.said == []


def test_it_is_a_value_that_prints_as_it_is_written() -> None:
    assert Idle(after=5) == Idle(after=5)
    assert hash(Idle(prompts=["a"])) == hash(Idle(prompts=("a",)))  # type: ignore[arg-type]
    assert eval(repr(IDLE)) == IDLE  # noqa: S307


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"after": 0}, "after=0"),
        ({"prompts": "Hello?"}, "expected a tuple"),
        ({"prompts": ("Hello?", " ")}, "empty text"),
        ({"farewell": ""}, "empty text"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Idle(**values)
