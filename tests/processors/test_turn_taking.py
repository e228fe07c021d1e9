"""A caller's turn, through pipecat's own aggregator: when it begins, when it ends, what it says."""

from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.turns.user_start import TranscriptionUserTurnStartStrategy, VADUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from processors.turn_stop import LAST_RESORT
from processors.turn_taking import EndpointingTurnStop
from tests.support import Heard, Wait, heard

STARTED, STOPPED = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame


def aggregator() -> LLMUserAggregator:
    strategies = UserTurnStrategies(
        start=[VADUserTurnStartStrategy(), TranscriptionUserTurnStartStrategy()],
        stop=[EndpointingTurnStop()],
    )
    params = LLMUserAggregatorParams(user_turn_strategies=strategies, user_turn_stop_timeout=LAST_RESORT)
    return LLMContextAggregatorPair(LLMContext(), user_params=params).user()


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "caller", "2026-01-01T00:00:00Z", finalized=True)


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "caller", "2026-01-01T00:00:00Z")


def endpoint() -> Frame:
    return ProposedUserStoppedSpeakingFrame()


def turns(out: Heard) -> list[list[str]]:
    """For each time the model was asked: what the caller had said so far."""
    contexts = [frame.context for frame in out.of(LLMContextFrame)]
    return [[str(m["content"]) for m in context.get_messages()] for context in contexts]  # type: ignore[index]


async def test_a_turn_begins_at_the_vad_and_interrupts_both_ways() -> None:
    out = await heard(aggregator(), STARTED())
    assert out.of(UserStartedSpeakingFrame)
    assert len(out.of(InterruptionFrame)) == len(out.up_of(InterruptionFrame)) == 1


async def test_a_turn_begins_at_the_first_words_when_the_vad_missed_them() -> None:
    out = await heard(aggregator(), interim("hello"))
    assert len(out.up_of(InterruptionFrame)) == 1


async def test_the_endpoint_ends_the_turn_at_once_with_all_its_words() -> None:
    out = await heard(aggregator(), STARTED(), final("I want"), final("a check-up"), endpoint())
    assert turns(out) == [["I want a check-up"]]


async def test_the_endpoint_need_not_wait_for_the_vad() -> None:
    # With a fast endpoint the VAD's own hangover is still running; that must not cost a reply its time.
    out = await heard(aggregator(), STARTED(), final("yes"), endpoint(), Wait(0.1), STOPPED())
    assert turns(out) == [["yes"]]


async def test_a_late_endpoint_waits_while_the_caller_goes_on() -> None:
    out = await heard(aggregator(), STARTED(), STOPPED(), STARTED(), final("I want"), endpoint(), Wait(1))
    assert turns(out) == []


async def test_a_pause_inside_the_turn_does_not_make_its_endpoint_late() -> None:
    out = await heard(
        aggregator(), STARTED(), STOPPED(), STARTED(), Wait(0.5), final("I want one"), endpoint(), Wait(0.01)
    )
    assert turns(out) == [["I want one"]]


async def test_a_late_endpoint_counts_when_nothing_more_was_said() -> None:
    out = await heard(
        aggregator(), STARTED(), STOPPED(), STARTED(), final("I want"), endpoint(), Wait(0.3), STOPPED()
    )
    assert turns(out) == [["I want"]]


async def test_the_words_after_a_late_endpoint_are_of_the_same_turn() -> None:
    out = await heard(
        aggregator(),
        *(STARTED(), STOPPED(), STARTED(), final("I want"), endpoint()),
        *(Wait(0.3), final("a cleaning"), STOPPED(), endpoint()),
    )
    assert turns(out) == [["I want a cleaning"]]


async def test_an_endpoint_without_words_ends_nothing() -> None:
    out = await heard(aggregator(), STARTED(), STOPPED(), endpoint(), final("now"), endpoint())
    assert turns(out) == [["now"]]


async def test_a_noise_is_over_after_a_while_and_is_no_turn() -> None:
    out = await heard(aggregator(), STARTED(), Wait(0.3), STOPPED(), Wait(5))
    assert all(not words or "said" not in words for words in turns(out))
    again = await heard(aggregator(), STARTED(), STOPPED(), Wait(5), STARTED())
    assert len(again.up_of(InterruptionFrame)) == 2


async def test_words_without_an_endpoint_are_not_lost() -> None:
    out = await heard(aggregator(), STARTED(), final("hello there"), STOPPED(), Wait(5))
    assert turns(out) == [["hello there"]]
