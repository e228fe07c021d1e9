"""A turn ends when it sounds over and its words are there."""

from pipecat.frames.frames import (
    Frame,
    ProposedUserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregator

from processors.frames import FinalWordsFrame, TurnJudgedFrame
from processors.turn_stop_smart import SmartTurnStop
from tests.processors.test_turn_stop import aggregator, asked, final, interim
from tests.support import Wait, heard

STARTED, END = VADUserStartedSpeakingFrame, ProposedUserStoppedSpeakingFrame


def stage() -> LLMUserAggregator:
    return aggregator(SmartTurnStop(threshold=0.5, wait=2.0, fallback=0.6))


def paused() -> Frame:
    return VADUserStoppedSpeakingFrame(stop_secs=0.2)


def judged(likely: float | None) -> Frame:
    return TurnJudgedFrame(likely)


async def test_a_turn_that_sounds_over_ends_with_its_final_words() -> None:
    out = await heard(stage(), STARTED(), interim("hello"), paused(), judged(0.9))
    assert asked(out) == []
    assert len(out.up_of(FinalWordsFrame)) == 1
    out = await heard(stage(), STARTED(), interim("hello"), paused(), judged(0.9), final("hello"), END())
    assert asked(out) == [("hello", False)]


async def test_words_that_were_final_first_end_it_at_the_verdict() -> None:
    out = await heard(stage(), STARTED(), final("hello"), END(), Wait(0.1), paused(), judged(0.9))
    assert asked(out) == [("hello", False)]


async def test_an_endpoint_waits_for_the_verdict() -> None:
    out = await heard(stage(), STARTED(), paused(), final("hello"), END(), Wait(0.3))
    assert asked(out) == []


async def test_a_turn_that_does_not_sound_over_is_waited_for() -> None:
    pause = (STARTED(), paused(), judged(0.1), final("I want"), END())
    out = await heard(stage(), *pause, Wait(1.7))
    assert asked(out) == []
    out = await heard(stage(), *pause, Wait(1.9))
    assert asked(out) == [("I want", False)]


async def test_words_after_such_a_pause_belong_to_the_turn() -> None:
    pause = (STARTED(), paused(), judged(0.1), final("I want"), END(), Wait(1))
    rest = (STARTED(), final("a check-up"), paused(), judged(0.9), END())
    out = await heard(stage(), *pause, *rest)
    assert asked(out) == [("I want a check-up", False)]


async def test_without_a_verdict_the_endpoint_counts_after_a_longer_silence() -> None:
    pause = (STARTED(), paused(), judged(None), final("hello"), END())
    out = await heard(stage(), *pause, Wait(0.3))
    assert asked(out) == []
    out = await heard(stage(), *pause, Wait(0.5))
    assert asked(out) == [("hello", False)]


async def test_a_verdict_that_never_comes_hangs_nothing() -> None:
    out = await heard(stage(), STARTED(), paused(), final("hello"), END(), Wait(2.5))
    assert asked(out) == [("hello", False)]


async def test_words_that_the_vad_missed_end_at_the_endpoint() -> None:
    out = await heard(stage(), final("hello"), END(), Wait(0.7))
    assert asked(out) == [("hello", False)]


async def test_a_number_that_sounds_over_gets_its_patience() -> None:
    out = await heard(stage(), STARTED(), final("five five five"), END(), paused(), judged(0.99), Wait(1.4))
    assert asked(out) == []
