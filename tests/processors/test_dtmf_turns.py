"""Turns of keys, through pipecat's own aggregator."""

import pytest
from pipecat.frames.frames import (
    InterruptionFrame,
    LLMContextFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from processors.dtmf_turns import with_keys
from processors.frames import KeysFrame, KeysSoFarFrame
from processors.turn_taking import EndpointingTurnStop
from tests.support import Heard, Wait, heard
from trunkline.testing.stage import Bench

STARTED, STOPPED = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame


def aggregator(*, may_interrupt: bool = True) -> LLMUserAggregator:
    spoken = UserTurnStrategies(start=[VADUserTurnStartStrategy()], stop=[EndpointingTurnStop()])
    params = LLMUserAggregatorParams(user_turn_strategies=with_keys(spoken, lambda: may_interrupt))
    return LLMContextAggregatorPair(LLMContext(), user_params=params).user()


def so_far(text: str) -> KeysSoFarFrame:
    return KeysSoFarFrame(text, "", "")


def keys(text: str) -> KeysFrame:
    return KeysFrame(text, "", "", finalized=True)


def said(out: Heard) -> list[str]:
    return [str(frame.context.get_messages()[-1]["content"]) for frame in out.of(LLMContextFrame)]  # type: ignore[index]


async def test_the_first_key_begins_a_turn_and_the_last_one_ends_it() -> None:
    out = await heard(aggregator(), so_far("pressed 1"), Wait(1.5), keys("pressed 1 2"))
    assert said(out) == ["pressed 1 2"]
    assert len(out.of(InterruptionFrame)) == len(out.of(UserStartedSpeakingFrame)) == 1
    assert len(out.of(UserStoppedSpeakingFrame)) == 1


async def test_a_lone_hash_is_a_turn() -> None:
    assert said(await heard(aggregator(), keys("pressed #"))) == ["pressed #"]


async def test_keys_right_behind_one_another_survive_their_own_interruption() -> None:
    stage = aggregator()
    async with Bench(stage) as bench:
        for frame in (so_far("pressed 1"), keys("pressed 1 #")):
            await stage.queue_frame(frame, FrameDirection.DOWNSTREAM)
        await bench.send(Wait(0.1))
        assert said(bench.heard) == ["pressed 1 #"]


@pytest.mark.parametrize(("may", "interruptions"), [(True, 1), (False, 0)])
async def test_they_interrupt_only_where_they_may(may: bool, interruptions: int) -> None:
    out = await heard(aggregator(may_interrupt=may), so_far("pressed 1"), keys("pressed 1 #"))
    assert said(out) == ["pressed 1 #"]
    assert len(out.of(InterruptionFrame)) == interruptions


async def test_keys_while_the_caller_speaks_wait_for_the_words() -> None:
    words = TranscriptionFrame("my number is this", "", "", finalized=True)
    out = await heard(
        aggregator(),
        STARTED(),
        keys("pressed 5 #"),
        Wait(0.5),
        STOPPED(),
        Wait(0.3),
        words,
        ProposedUserStoppedSpeakingFrame(),
    )
    assert said(out) == ["pressed 5 # my number is this"]


async def test_keys_long_after_a_noise_do_not_wait() -> None:
    out = await heard(aggregator(), STARTED(), STOPPED(), Wait(1.2), keys("pressed 5 #"))
    assert said(out) == ["pressed 5 #"]
