"""Who has answered, as it shows: what is said, when, and when the call is given up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterruptionFrame,
    TTSSpeakFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.floor import Floor
from processors.frames import HangUpFrame
from tests.trunkline.office import bare_line
from trunkline.answering import BEEP_LIMIT, DOUBT_PATIENCE, MESSAGE_LIMIT, SCREEN_PATIENCE, Answering
from trunkline.dialling import Outbound
from trunkline.testing.stage import Bench, Up

MESSAGE = "Please call us."


class Room:
    """A call in which nothing is heard; writes down what would be, and when."""

    def __init__(self, **manners: Any) -> None:
        self.line = bare_line(outbound=Outbound(**manners))
        self.floor = Floor()
        self.bench = Bench(self.floor)
        self.sid = "CA1"
        self.data = {"name": "Ann"}
        self.opening: Any = None
        self.log: list[tuple[float, str]] = []
        self.stream = self.asides = self.entrance = self.recorder = self
        given: Any = self
        self.answering = Answering(given)

    def cut(self, _: frozenset[int]) -> None:
        self._note("cut")

    def announcement(self) -> list[Frame]:
        return []  # nothing is recorded

    def on_hang_up(self, reason: str) -> None:
        self._note(f"hang up: {reason}")
        self.answering.stop()

    async def push_frame(self, frame: Frame) -> None:
        match frame:
            case TTSSpeakFrame():
                self._note(frame.text)
            case HangUpFrame():
                self._note(f"then {frame.reason}")
            case InterruptionFrame():
                pass

    def _note(self, what: str) -> None:
        self.log.append((round(asyncio.get_running_loop().time() - self.since, 2), what))

    async def send(self, *frames: Frame) -> None:
        await self.bench.send(*(Up(frame) for frame in frames))

    since = 0.0


@asynccontextmanager
async def room(**manners: Any) -> AsyncIterator[Room]:
    made = Room(**manners)
    async with made.bench:
        made.since = asyncio.get_running_loop().time()
        made.answering.begin()
        yield made
        made.answering.stop()


async def test_silence_is_broken_once() -> None:
    async with room(greeting="Hello {name}.") as call:
        assert call.floor.is_claimed
        await asyncio.sleep(20)
        assert call.log == [(1.5, "Hello Ann.")]
        assert not call.floor.is_claimed


async def test_nobody_is_talked_over() -> None:
    async with room() as call:
        await asyncio.sleep(1)
        await call.send(VADUserStartedSpeakingFrame())
        await asyncio.sleep(5)
        assert call.log == []
        await call.send(VADUserStoppedSpeakingFrame())
        await asyncio.sleep(2)
        assert [what for _, what in call.log] == ["Hi."]
        assert call.log[0][0] == pytest.approx(7.5, abs=0.1)


async def test_words_are_greeted_at_once_and_later_ones_are_the_models() -> None:
    async with room() as call:
        assert not await call.answering.heard("Hello?")
        assert await call.answering.heard("Who is calling?")
        assert call.log == [(0.0, "Hi.")]


async def test_somebody_who_is_fetched_takes_time() -> None:
    async with room(screening="The dentist, for {name}.") as call:
        assert not await call.answering.heard("May I ask who is calling?")
        await call.send(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        assert not await call.answering.heard("One moment, please.")
        assert [what for _, what in call.log] == ["The dentist, for Ann."]
        await asyncio.sleep(SCREEN_PATIENCE + 1)
        assert [what for _, what in call.log][1:] == ["Hi."]


async def test_what_sounds_recorded_waits_for_the_verdict_but_not_for_ever() -> None:
    async with room() as call:
        assert not await call.answering.heard("Please leave a message.")
        await asyncio.sleep(DOUBT_PATIENCE - 1)
        assert call.log == []
        await asyncio.sleep(2)
        assert call.log == [(DOUBT_PATIENCE, "Hi.")]


async def test_without_detection_nobody_waits_for_a_verdict() -> None:
    async with room(amd="off") as call:
        await call.answering.heard("Please leave a message.")
        assert call.log == [(0.0, "Hi.")]


async def test_a_machine_is_left_its_message_after_the_beep() -> None:
    async with room(voicemail=MESSAGE) as call:
        await asyncio.sleep(2)
        await call.answering.verdict("machine_start")
        await asyncio.sleep(5)
        assert [what for _, what in call.log] == ["Hi.", "cut"]
        for _ in range(2):  # told twice, said once
            await call.answering.verdict("machine_end_beep")
        await asyncio.sleep(1)
        assert [what for _, what in call.log][-2:] == [MESSAGE, "then voicemail-left"]
        assert [what for _, what in call.log].count(MESSAGE) == 1


async def test_a_beep_that_never_comes_ends_the_call() -> None:
    async with room(voicemail=MESSAGE) as call:
        await call.answering.verdict("machine_start")
        await asyncio.sleep(BEEP_LIMIT + 1)
        assert call.log[-1] == (BEEP_LIMIT, "hang up: answered-machine")


async def test_a_message_that_is_never_heard_ends_the_call() -> None:
    async with room(voicemail=MESSAGE) as call:
        await call.answering.verdict("machine_end_silence")
        await asyncio.sleep(MESSAGE_LIMIT + 1)
        assert call.log[-1] == (MESSAGE_LIMIT, "hang up: answered-machine")


@pytest.mark.parametrize(("who", "reason"), [("machine_end_other", "answered-machine"), ("fax", "fax")])
async def test_who_gets_no_message_is_hung_up_on(who: str, reason: str) -> None:
    async with room() as call:
        await call.answering.verdict(who)
        assert call.log[-1] == (0.0, f"hang up: {reason}")


async def test_a_verdict_before_the_stream_waits_for_it() -> None:
    made = Room(voicemail=MESSAGE)
    async with made.bench:
        await made.answering.verdict("machine_end_beep")
        assert made.log == []
        made.answering.begin()
        await asyncio.sleep(0.1)
        assert [what for _, what in made.log] == [MESSAGE, "then voicemail-left"]
        made.answering.stop()


async def test_a_lost_stream_stops_the_clock() -> None:
    async with room() as call:
        call.answering.pause()
        await asyncio.sleep(10)
        assert call.log == []
        call.answering.begin()
        await asyncio.sleep(2)
        assert call.log == [(11.5, "Hi.")]
