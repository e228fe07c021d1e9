"""Where in the call's sound a turn is to be found."""

import asyncio
from pathlib import Path

import pytest

from tests.transports.playout import START
from transports.media_streams import MediaStream
from transports.twilio_input import TwilioInput
from transports.twilio_stream import TwilioStream
from trunkline.recording.disk import Disk
from trunkline.recording.recorder import Recorder
from trunkline.records import ToolCall, Turn
from trunkline.turn_times import TurnTimes


@pytest.fixture
async def times(tmp_path: Path) -> TurnTimes:
    """Of a call whose sound began now."""
    recorder = Recorder("CA1", "desk", None, Disk(tmp_path), TwilioInput(TwilioStream()))
    protocol = MediaStream()
    protocol.receive(START)
    recorder.stream_began(protocol)
    return TurnTimes(recorder)


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_turn_begins_with_the_voice_that_became_it(times: TurnTimes) -> None:
    zero = now()
    times.voice_began(zero + 1.0, zero + 1.1)  # a cough
    times.voice_began(zero + 5.0, zero + 5.1)
    times.turn_began(zero + 5.6)
    times.voice_began(zero + 7.0, zero + 7.1)  # behind a pause in it
    assert times.turn_ended() == pytest.approx(5000)


async def test_the_turn_may_be_told_a_moment_before_its_voice(times: TurnTimes) -> None:
    zero = now()
    times.turn_began(zero + 2.0)
    times.voice_began(zero + 1.9, zero + 2.01)
    assert times.turn_ended() == pytest.approx(1900)


async def test_a_turn_that_no_vad_has_heard_begins_when_it_is_told(times: TurnTimes) -> None:
    assert times.turn_ended() is None
    times.turn_began(now() + 3.0)
    assert times.turn_ended() == pytest.approx(3000)
    assert times.turn_ended() is None


async def test_a_reply_begins_with_its_first_sound(times: TurnTimes) -> None:
    turn = times.replied(Turn(index=1), now() + 4.0)
    assert turn.agent_at_ms == pytest.approx(4000)
    assert times.replied(turn, now() + 6.0) == turn


async def test_a_tool_has_the_time_of_its_call(times: TurnTimes) -> None:
    assert times.called(ToolCall("price"), now() + 0.5).at_ms == pytest.approx(500)


async def test_without_a_call_nobody_can_tell() -> None:
    times = TurnTimes()
    times.turn_began(now())
    assert times.turn_ended() is None
    assert times.replied(Turn(index=0), now()) == Turn(index=0)
    assert times.called(ToolCall("price"), now()).at_ms is None
