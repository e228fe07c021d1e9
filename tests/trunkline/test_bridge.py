"""When a bridge is said, and when it would be in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterruptionFrame,
    LLMContextUserTurnFrame,
    LLMTextFrame,
    TTSSpeakFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType

from processors.floor import Floor
from processors.frames import HeardTextFrame
from tests.processors.test_floor import result, started
from trunkline.bridge import Bridge
from trunkline.late import Late
from trunkline.testing.stage import Bench, Up, Wait

LATE = Late(after=2.5, words=("a", "b"), again_after=6.0)


class Desk:
    """A floor, a model, and what was said beside the conversation."""

    def __init__(self) -> None:
        self.floor = Floor()
        self.bench = Bench(self.floor)
        self.model = FrameProcessor(enable_direct_mode=True)
        self.said: list[str] = []
        asides: Any = self
        Bridge(LATE, self.floor, asides).attend(self.model)

    async def say(self, text: str) -> None:
        self.said.append(text)
        self.floor.hears_aside = True
        await self.see(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())

    async def see(self, *frames: Frame | float) -> list[str]:
        """Let frames come and time pass; all that was said by then."""
        for frame in frames:
            if isinstance(frame, LLMTextFrame | TTSSpeakFrame):
                await self.model.push_frame(frame)
            elif isinstance(frame, Frame):
                await self.bench.send(Up(frame))
            else:
                await self.bench.send(Wait(frame))
        return self.said


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    async with made.bench:
        yield made


def asked() -> Frame:
    return LLMContextUserTurnFrame(text="hello", timestamp="")


def heard(text: str, *, of_a_reply: bool) -> Frame:
    frame = HeardTextFrame(text, TextType.SENTENCE)
    frame.append_to_context = of_a_reply
    return frame


async def test_it_comes_when_the_reply_is_late_and_again() -> None:
    async with desk() as at:
        assert await at.see(asked(), 2.4) == []
        assert await at.see(0.2) == ["a"]
        assert await at.see(5.8) == ["a"]
        assert await at.see(0.3) == ["a", "b"]
        assert await at.see(6.1) == ["a", "b", "a"]


async def test_a_reply_in_time_needs_none_and_neither_does_a_silence_after_it() -> None:
    async with desk() as at:
        await at.see(asked(), 2.0, BotStartedSpeakingFrame(), 5.0, BotStoppedSpeakingFrame(), 20.0)
        assert at.said == []


async def test_a_reply_that_follows_the_bridge_ends_the_wait() -> None:
    async with desk() as at:
        await at.see(asked(), 2.6, heard("a", of_a_reply=False), BotStartedSpeakingFrame())
        await at.see(heard("Well.", of_a_reply=True), BotStoppedSpeakingFrame(), 30.0)
        assert at.said == ["a"]
        assert at.floor.is_free


async def test_words_of_the_model_are_not_cut_in_two() -> None:
    async with desk() as at:
        assert await at.see(asked(), 2.0, LLMTextFrame("We"), 10.0) == []


async def test_an_apology_is_a_reply_and_a_filler_is_none() -> None:
    async with desk() as at:
        assert await at.see(asked(), 2.0, TTSSpeakFrame("Sorry."), 10.0) == []
    async with desk() as at:
        assert await at.see(asked(), 2.0, TTSSpeakFrame("Hm.", append_to_context=False), 0.6) == ["a"]


async def test_the_next_turn_is_another_wait() -> None:
    async with desk() as at:
        await at.see(asked(), LLMTextFrame("We"), BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        await at.see(VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame(), asked(), 2.6)
        assert at.said == ["a"]


async def test_who_speaks_is_not_interrupted_and_who_holds_is_not_hurried() -> None:
    async with desk() as at:
        assert await at.see(asked(), VADUserStartedSpeakingFrame(), 10.0) == []
    async with desk() as at:
        with at.floor.claimed():
            assert await at.see(asked(), 10.0) == []


async def test_a_tool_has_its_fillers_and_what_follows_it_is_waited_for() -> None:
    async with desk() as at:
        assert await at.see(asked(), LLMTextFrame("Let me see."), started("1"), 10.0) == []
        assert await at.see(result("1"), 2.6) == ["a"]


async def test_a_turn_that_is_called_off_is_not_waited_for() -> None:
    async with desk() as at:
        await at.see(asked(), 2.0)
        await at.floor.queue_frame(InterruptionFrame(), FrameDirection.DOWNSTREAM)
        assert await at.see(10.0) == []
