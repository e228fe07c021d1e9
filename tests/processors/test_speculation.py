"""A reply to a turn that may not be over is marked, measured late, and settled once."""

import asyncio

import pytest
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    MetricsFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection

from processors.speculation import Speculation, Verdict, VoiceGate, speculation_of

DOWN, UP = FrameDirection.DOWNSTREAM, FrameDirection.UPSTREAM


def gate() -> VoiceGate:
    """One in the middle of a turn, at whose model a speculation began."""
    made = VoiceGate("gate")
    made.process(UserStartedSpeakingFrame(), DOWN)
    made.begin_speculation(True)
    return made


def passed(made: VoiceGate, frame: Frame, direction: FrameDirection = DOWN) -> list[Frame]:
    return [frame for frame, _ in made.process(frame, direction)]


def test_words_pass_and_the_reply_is_marked() -> None:
    made, start = gate(), LLMFullResponseStartFrame()
    assert passed(made, start) == [start]
    speculation = speculation_of(start)
    assert speculation is made.speculation
    assert speculation is not None
    assert speculation.is_pending
    word = LLMTextFrame("Hi")
    assert passed(made, word) == [word]


def test_an_ordinary_reply_is_not_marked() -> None:
    made, start = gate(), LLMFullResponseStartFrame()
    made.begin_speculation(False)
    passed(made, start)
    assert speculation_of(start) is None
    assert not made.is_speculating


def test_the_end_of_the_turn_confirms_and_lets_measurements_through() -> None:
    made, measured, stopped = gate(), MetricsFrame(data=[]), UserStoppedSpeakingFrame()
    assert passed(made, measured) == []
    assert passed(made, stopped) == [stopped, measured]
    assert made.speculation is not None
    assert made.speculation.verdict is Verdict.CONFIRMED
    assert not made.is_speculating
    later = MetricsFrame(data=[])
    assert passed(made, later) == [later]


@pytest.mark.parametrize("frame", [EagerEndOfTurnCancelFrame(), InterruptionFrame(), EndFrame()], ids=str)
def test_what_is_withdrawn_was_never_measured(frame: Frame) -> None:
    made = gate()
    passed(made, MetricsFrame(data=[]))
    assert passed(made, frame) == [frame]
    assert made.speculation is not None
    assert made.speculation.is_withdrawn
    assert passed(made, MetricsFrame(data=[])) == []
    assert len(passed(made, UserStoppedSpeakingFrame())) == 1


def test_what_travels_upstream_settles_nothing() -> None:
    made, frame = gate(), UserStoppedSpeakingFrame()
    assert passed(made, frame, UP) == [frame]
    assert made.is_speculating


def test_a_turn_that_is_over_already_is_not_speculated_about() -> None:
    made = VoiceGate("gate")
    made.process(UserStartedSpeakingFrame(), DOWN)
    made.process(UserStoppedSpeakingFrame(), DOWN)  # overtakes the context on its way
    made.begin_speculation(True)
    assert made.speculation is None


def test_a_new_reply_takes_the_place_of_a_held_one() -> None:
    made = gate()
    first = made.speculation
    made.begin_speculation(True)
    assert first is not None
    assert first.is_withdrawn
    assert made.is_speculating


async def test_only_the_first_verdict_counts() -> None:
    speculation = Speculation()
    waiting = asyncio.create_task(speculation.settled())
    await asyncio.sleep(0)
    speculation.settle(Verdict.CONFIRMED)
    speculation.settle(Verdict.WITHDRAWN)
    assert await waiting is Verdict.CONFIRMED
    assert not speculation.is_withdrawn
