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
from trunkline.life import Outcome
from trunkline.outbound.answering import (
    BEEP_LIMIT,
    DOUBT_PATIENCE,
    MESSAGE_LIMIT,
    SCREEN_PATIENCE,
    VERDICT_PATIENCE,
    Answering,
)
from trunkline.outbound.manners import Outbound
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
        self.language = "en"
        self.ended: list[tuple[float, Outcome]] = []
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

    def on_end(self, outcome: Outcome) -> None:
        self.ended.append((round(asyncio.get_running_loop().time() - self.since, 2), outcome))
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


SORRY = Outcome("failed", "no voice", "I am sorry.")


@asynccontextmanager
async def mute_room(**manners: Any) -> AsyncIterator[Room]:
    """Our voice is lost at the start; the machine, if it is one, may be left a message."""
    async with room(**{"voicemail": "Call us, {name}.", **manners}) as call:
        call.answering.on_end = call.on_end
        assert call.answering.lose_voice(SORRY)
        yield call


async def test_without_a_voice_the_carrier_leaves_the_message_after_the_beep() -> None:
    async with mute_room() as call:
        await asyncio.sleep(5)
        await call.answering.verdict("machine_start")
        await asyncio.sleep(20)
        assert call.ended == []
        await call.answering.verdict("machine_end_beep")
        assert call.ended == [(25.0, Outcome("voicemail-left", "no voice", "Call us, Ann."))]
        assert "then voicemail-left" not in [what for _, what in call.log]


async def test_without_a_voice_a_person_is_told_so_when_that_is_known() -> None:
    async with mute_room() as call:
        await asyncio.sleep(3)
        await call.answering.verdict("human")
        assert call.ended == [(3.0, SORRY)]
    async with mute_room() as call:
        await asyncio.sleep(VERDICT_PATIENCE + 1)
        assert call.ended == [(VERDICT_PATIENCE, SORRY)]
    async with mute_room() as call:
        await call.answering.heard("Hello?")
        for _ in range(2):
            await call.answering.heard("Is anybody there?")
        await call.answering.verdict("machine_start")
        assert call.ended == [(0.0, SORRY)]


async def test_a_voice_that_is_lost_where_no_machine_can_be_left_a_message_is_not_waited_for() -> None:
    async with room() as call:
        assert not call.answering.lose_voice(SORRY)
    async with room(voicemail=MESSAGE) as call:
        await call.answering.verdict("human")
        assert not call.answering.lose_voice(SORRY)


async def test_what_our_voice_did_not_say_of_the_message_the_carrier_says() -> None:
    async with room(voicemail=MESSAGE) as call:
        await call.answering.verdict("machine_end_beep")
        assert call.answering.left("") == Outcome("voicemail-left")
        assert call.answering.left(None) == Outcome("voicemail-left")
        assert call.answering.left("call us.") == Outcome("voicemail-left", "", "call us.")
        assert call.answering.lose_voice(SORRY)
        assert call.answering.left("call us.") == Outcome("voicemail-left", "no voice", "call us.")
        assert call.answering.left(None) == Outcome("voicemail-left", "no voice", MESSAGE)
