"""The end of a turn: patience, words without an end, and replies that are begun on a guess."""

import asyncio
from typing import Any

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    EndFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
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
from pipecat.turns.user_start import TranscriptionUserTurnStartStrategy, VADUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from processors.frames import FinalWordsFrame
from processors.patience import Expectation, Patience
from processors.turn_stop import GUESS_LIMIT, LAST_RESORT, QUIET, TurnStop
from processors.turn_taking import EndpointingTurnStop
from tests.support import Bench, Heard, Up, Wait, heard

STARTED, STOPPED = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
END = ProposedUserStoppedSpeakingFrame
WHEN = "2026-01-01T00:00:00Z"


def aggregator(stop: TurnStop | None = None) -> LLMUserAggregator:
    strategies = UserTurnStrategies(
        start=[VADUserTurnStartStrategy(), TranscriptionUserTurnStartStrategy()],
        stop=[stop or EndpointingTurnStop()],
    )
    params = LLMUserAggregatorParams(user_turn_strategies=strategies, user_turn_stop_timeout=LAST_RESORT)
    return LLMContextAggregatorPair(LLMContext(), user_params=params).user()


def final(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "caller", WHEN, finalized=True)


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "caller", WHEN)


def eager(text: str) -> EagerTranscriptionFrame:
    return EagerTranscriptionFrame(text, "caller", WHEN)


def asked(out: Heard) -> list[tuple[str, bool]]:
    """For each time the model was asked: the last words, and whether that was a guess."""
    frames = out.of(LLMContextFrame)
    return [(str(f.context.get_messages()[-1]["content"]), f.speculation) for f in frames]  # type: ignore[index]


def expecting(kind: Any, n: int | None = None) -> EndpointingTurnStop:
    patience = Patience()
    patience.expected = Expectation(kind, n)
    return EndpointingTurnStop(patience)


NUMBER = (STARTED(), final("five five five"), STOPPED(stop_secs=0.2), END())
"""Part of a number, and a pause that the recogniser takes for the end."""


async def test_unfinished_words_are_waited_for() -> None:
    out = await heard(aggregator(), *NUMBER, Wait(1.5))
    assert asked(out) == []
    out = await heard(aggregator(), *NUMBER, Wait(1.7))
    assert asked(out) == [("five five five", False)]


async def test_words_that_follow_belong_to_the_same_turn() -> None:
    rest = (Wait(1.0), STARTED(), final("zero one four nine"), STOPPED(stop_secs=0.2), END())
    out = await heard(aggregator(), *NUMBER, *rest, Wait(0.1))
    assert asked(out) == [("five five five zero one four nine", False)]


async def test_a_noise_does_not_lengthen_the_wait() -> None:
    noise = (Wait(1.0), STARTED(), Wait(1.5), STOPPED(stop_secs=0.2))
    out = await heard(aggregator(), *NUMBER, *noise)
    # Silent since the noise, the caller has not had his 1.8 s again, but all that the last words ask for.
    assert asked(out) == []
    out = await heard(aggregator(), *NUMBER, *noise, Wait(1.6))
    assert asked(out) == [("five five five", False)]


async def test_what_is_expected_is_waited_for_longer_and_then_no_more() -> None:
    stop = expecting("digits", 10)
    async with Bench(aggregator(stop)) as bench:
        out = await bench.send(*NUMBER, Wait(2.7))
        assert asked(out) == []
        await bench.send(Wait(0.2))
        assert len(asked(out)) == 1
        await bench.send(*NUMBER, Wait(1.7))
        assert len(asked(out)) == 2


async def test_all_that_is_expected_ends_the_turn_without_an_endpoint() -> None:
    out = await heard(
        aggregator(expecting("digits", 7)), STARTED(), final("555 0149"), STOPPED(stop_secs=0.2), Wait(0.01)
    )
    assert asked(out) == [("555 0149", False)]


async def test_all_that_is_expected_is_asked_for_when_it_is_not_final() -> None:
    stop = expecting("digits", 7)
    out = await heard(aggregator(stop), STARTED(), interim("555 0149"), Wait(0.1))
    assert out.up_of(FinalWordsFrame) == []
    out = await heard(
        aggregator(expecting("digits", 7)),
        *(STARTED(), interim("555 0149"), STOPPED(stop_secs=0.2), interim("555-0149"), Wait(0.1)),
    )
    assert len(out.up_of(FinalWordsFrame)) == 1


async def test_a_turn_without_a_sign_of_life_is_over_after_a_while() -> None:
    out = await heard(aggregator(), STARTED(), STOPPED(), Wait(QUIET - 0.1))
    assert out.of(UserStoppedSpeakingFrame) == []
    out = await heard(aggregator(), STARTED(), STOPPED(), Wait(QUIET + 0.1))
    assert len(out.of(UserStoppedSpeakingFrame)) == 1


async def test_a_caller_who_speaks_is_never_cut_off_by_the_clock() -> None:
    out = await heard(aggregator(), STARTED(), final("one moment"), Wait(9))
    assert out.of(UserStoppedSpeakingFrame) == []
    out = await heard(aggregator(), STARTED(), STOPPED(), ProposedUserStartedSpeakingFrame(), Wait(9))
    assert out.of(UserStoppedSpeakingFrame) == []


# A reply on a guess.

GUESSED = (STARTED(), eager("hello there"))


async def test_a_guess_asks_the_model_once_and_leaves_the_turn_open() -> None:
    out = await heard(aggregator(), *GUESSED, Wait(1))
    assert asked(out) == [("hello there", True)]
    assert out.of(UserStoppedSpeakingFrame) == []


async def test_a_guess_that_was_right_is_not_asked_again() -> None:
    out = await heard(aggregator(), *GUESSED, final("Hello, there!"), STOPPED(), END(), Wait(0.1))
    assert asked(out) == [("hello there", True)]
    assert len(out.of(UserStoppedSpeakingFrame)) == 1
    assert out.of(EagerEndOfTurnCancelFrame) == []


async def test_a_guess_that_was_wrong_is_withdrawn_before_the_turn_ends() -> None:
    out = await heard(aggregator(), *GUESSED, final("hello there Tom"), STOPPED(), END(), Wait(0.1))
    assert asked(out) == [("hello there", True), ("hello there Tom", False)]
    kinds = [type(f) for f in out.down]
    assert kinds.index(EagerEndOfTurnCancelFrame) < kinds.index(UserStoppedSpeakingFrame)


async def test_a_guess_that_the_recogniser_withdraws_is_forgotten() -> None:
    rest = (EagerEndOfTurnCancelFrame(), final("hello there"), STOPPED(), END(), Wait(0.1))
    out = await heard(aggregator(), *GUESSED, *rest)
    assert asked(out) == [("hello there", True), ("hello there", False)]


async def test_words_that_go_beyond_a_guess_withdraw_it() -> None:
    out = await heard(aggregator(), *GUESSED, interim("hello there"), Wait(0.1))
    assert out.of(EagerEndOfTurnCancelFrame) == []
    out = await heard(aggregator(), *GUESSED, interim("hello there I want"), Wait(0.1))
    assert len(out.of(EagerEndOfTurnCancelFrame)) == 1


async def test_words_before_the_guess_belong_to_it() -> None:
    out = await heard(aggregator(), STARTED(), final("well then"), eager("hello there"), Wait(0.1))
    assert asked(out) == [("well then hello there", True)]


async def test_nobody_guesses_in_the_middle_of_a_number() -> None:
    out = await heard(aggregator(), STARTED(), eager("my number is five five five"), Wait(0.1))
    assert asked(out) == []


async def test_a_guess_is_not_held_for_ever() -> None:
    out = await heard(aggregator(), *GUESSED, Wait(GUESS_LIMIT + 0.1))
    assert len(out.of(EagerEndOfTurnCancelFrame)) == 1
    out = await heard(aggregator(), *GUESSED, Wait(GUESS_LIMIT + 0.1), final("hello there"), STOPPED(), END())
    assert asked(out)[-1] == ("hello there", False)


async def test_a_guess_does_not_outlive_the_call() -> None:
    out = await heard(aggregator(), *GUESSED, EndFrame())
    assert len(out.of(EagerEndOfTurnCancelFrame)) == 1


async def test_an_interruption_from_elsewhere_ends_a_guess() -> None:
    rest = (Up(InterruptionFrame()), final("hello there"), STOPPED(), END(), Wait(0.1))
    out = await heard(aggregator(), *GUESSED, *rest)
    assert asked(out)[-1] == ("hello there", False)


async def test_a_guess_without_a_turn_is_none() -> None:
    out = await heard(aggregator(), eager("hello there"), Wait(0.1))
    assert asked(out) == []


async def test_words_that_come_again_count_once() -> None:
    # A policy of barge-in keeps words back and repeats them when the turn begins.
    words, stop = final("hello there"), EndpointingTurnStop()
    async with Bench(aggregator(stop)) as bench:
        await bench.send(STARTED(), words, words)
        assert stop.words.text == "hello there"
        await asyncio.sleep(0)
