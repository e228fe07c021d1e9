"""When a turn begins, through pipecat's own aggregator: what interrupts the agent, what is kept for later."""

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    FunctionCallFromLLM,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    ProposedUserStartedSpeakingFrame,
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
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.text.base_text_aggregator import TextType

from processors.barge_in import BargeIn, first_sentence_protected, never, vad, words
from processors.frames import (
    FarVoiceFrame,
    HangUpFrame,
    HeardTextFrame,
    PlayOnFrame,
    UninterruptibleSpeechFrame,
)
from processors.turn_taking import EndpointingTurnStop
from tests.support import Bench, Heard, Up, Wait, heard

ONE = words(1)
SPEAKS, SILENT = BotStartedSpeakingFrame, BotStoppedSpeakingFrame
STOPPED, ENDPOINT = VADUserStoppedSpeakingFrame, ProposedUserStoppedSpeakingFrame
SHIELDED, FREE = UninterruptibleSpeechFrame(playing=True), UninterruptibleSpeechFrame(playing=False)


def voice() -> Frame:
    return VADUserStartedSpeakingFrame(start_secs=0.064)


def final(text: str, *, finalized: bool = True) -> TranscriptionFrame:
    return TranscriptionFrame(text, "caller", "2026-01-01T00:00:00Z", finalized=finalized)


def interim(text: str) -> InterimTranscriptionFrame:
    return InterimTranscriptionFrame(text, "caller", "2026-01-01T00:00:00Z")


def said(text: str) -> tuple[Frame, ...]:
    """A whole utterance, as a recogniser tells it."""
    return voice(), interim(text), STOPPED(), final(text), ENDPOINT()


def aggregator(policy: BargeIn) -> LLMUserAggregator:
    strategies = UserTurnStrategies(start=policy.start_strategies(), stop=[EndpointingTurnStop()])
    params = LLMUserAggregatorParams(user_turn_strategies=strategies)
    return LLMContextAggregatorPair(LLMContext(), user_params=params).user()


async def outcome(policy: BargeIn, *items: Frame | Up | Wait) -> Heard:
    return await heard(aggregator(policy), *items)


def turns(out: Heard) -> list[list[str]]:
    """For each time the model was asked: what the caller had said so far."""
    contexts = [frame.context for frame in out.of(LLMContextFrame)]
    return [[str(m["content"]) for m in context.get_messages()] for context in contexts]  # type: ignore[index]


def interruptions(out: Heard) -> int:
    assert len(out.of(InterruptionFrame)) == len(out.up_of(InterruptionFrame))
    return len(out.up_of(InterruptionFrame))


def played_on(out: Heard) -> int:
    return len(out.up_of(PlayOnFrame))


POLICIES = (ONE, words(3), vad, never, first_sentence_protected)


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize(
    "sign", [voice(), ProposedUserStartedSpeakingFrame(), interim("hello"), final("hello")]
)
async def test_while_the_agent_is_silent_any_sign_of_the_caller_begins_a_turn(
    policy: BargeIn, sign: Frame
) -> None:
    for before in ((), (SPEAKS(), SILENT())):
        out = await outcome(policy, *before, sign)
        assert out.of(UserStartedSpeakingFrame)
        assert interruptions(out) == 1


async def test_a_voice_interrupts_where_the_line_wants_it() -> None:
    assert interruptions(await outcome(vad, SPEAKS(), voice())) == 1
    assert interruptions(await outcome(vad, SPEAKS(), interim("okay"))) == 1


async def test_a_voice_alone_does_not_interrupt_words_do() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), Wait(0.3))
    assert interruptions(out) == 0
    out = await outcome(ONE, SPEAKS(), voice(), Wait(0.3), interim("wait"))
    assert interruptions(out) == 1
    assert played_on(out) == 0


async def test_as_many_words_as_the_line_wants() -> None:
    out = await outcome(words(3), SPEAKS(), voice(), interim("no"), interim("no not"), Wait(0.1))
    assert interruptions(out) == 0
    out = await outcome(
        words(3),
        SPEAKS(),
        voice(),
        final("no not", finalized=False),
        interim("that"),
        final("that one"),
        ENDPOINT(),
    )
    assert interruptions(out) == 1
    assert turns(out) == [["no not that one"]]


async def test_an_end_right_behind_the_words_that_interrupt_is_not_lost() -> None:
    # The interruption purges the aggregator's queue, in which the endpoint waits.
    async with Bench(aggregator(ONE)) as bench:
        await bench.send(SPEAKS(), voice(), STOPPED())
        await bench.stage.queue_frame(final("stop"))
        await bench.stage.queue_frame(ENDPOINT())
        await bench.send(Wait(0.01))
        assert turns(bench.heard) == [["stop"]]


async def test_a_voice_without_words_is_a_false_alarm_after_a_while() -> None:
    early = await outcome(ONE, SPEAKS(), voice(), Wait(0.2), STOPPED(), Wait(0.9))
    assert played_on(early) == 0
    out = await outcome(ONE, SPEAKS(), voice(), Wait(0.2), STOPPED(), Wait(0.95))
    assert played_on(out) == 1
    assert interruptions(out) == 0
    assert turns(out) == []


async def test_words_that_come_late_still_interrupt() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), Wait(1.5), final("stop please"), ENDPOINT())
    assert (played_on(out), interruptions(out)) == (1, 1)
    assert turns(out) == [["stop please"]]


async def test_each_new_voice_is_given_its_time() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), Wait(0.1), STOPPED(), Wait(0.2), voice(), Wait(1.0))
    assert played_on(out) == 0
    out = await outcome(ONE, SPEAKS(), voice(), Wait(0.1), STOPPED(), Wait(0.2), voice(), Wait(1.3))
    assert played_on(out) == 1


async def test_sounds_without_end_are_played_over_in_the_end() -> None:
    barks = [item for _ in range(4) for item in (voice(), Wait(0.1), STOPPED(), Wait(0.5))]
    out = await outcome(ONE, SPEAKS(), *barks[:-1], Wait(0.1))
    assert played_on(out) == 0
    out = await outcome(ONE, SPEAKS(), *barks, Wait(0.1))
    assert played_on(out) == 1


async def test_two_voices_within_300_ms_interrupt_once() -> None:
    out = await outcome(
        ONE, SPEAKS(), voice(), interim("no"), STOPPED(), Wait(0.2), voice(), interim("no no")
    )
    assert interruptions(out) == 1


async def test_words_without_a_voice_interrupt_too() -> None:
    # The VAD misses a very quiet caller.
    assert interruptions(await outcome(ONE, SPEAKS(), interim("stop"))) == 1


async def test_a_backchannel_is_played_over_at_once_and_forgotten() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), interim("okay"))
    assert played_on(out) == 1
    out = await outcome(ONE, SPEAKS(), *said("okay"), Wait(2), SILENT(), *said("Tuesday"))
    assert interruptions(out) == 1
    assert turns(out) == [["Tuesday"]]


async def test_what_follows_a_backchannel_interrupts_with_all_that_was_said() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), interim("okay"), final("okay stop"), ENDPOINT())
    assert interruptions(out) == 1
    assert turns(out) == [["okay stop"]]


async def test_what_may_become_a_backchannel_is_waited_for() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), interim("I"))
    assert (interruptions(out), played_on(out)) == (0, 0)
    out = await outcome(ONE, SPEAKS(), voice(), interim("I"), interim("I see"))
    assert (interruptions(out), played_on(out)) == (0, 1)
    out = await outcome(ONE, SPEAKS(), voice(), interim("I"), interim("I want"))
    assert interruptions(out) == 1


async def test_an_empty_transcript_is_no_word() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), interim(" "), final("."), ENDPOINT(), Wait(2))
    assert interruptions(out) == 0
    assert turns(out) == []


@pytest.mark.parametrize(("pause", "answered"), [(0.8, True), (1.2, False)])
async def test_a_backchannel_right_before_the_agent_s_end_was_the_answer(
    pause: float, answered: bool
) -> None:
    out = await outcome(ONE, SPEAKS(), *said("okay"), Wait(pause), SILENT(), Wait(0.1))
    assert turns(out) == ([["okay"]] if answered else [])


async def test_a_backchannel_that_becomes_final_when_the_agent_has_long_finished_is_forgotten() -> None:
    out = await outcome(
        ONE, SPEAKS(), voice(), interim("okay"), STOPPED(), Wait(1.3), SILENT(), final("okay"), ENDPOINT()
    )
    assert turns(out) == []
    assert interruptions(out) == 0
    out = await outcome(
        ONE, SPEAKS(), voice(), interim("okay"), STOPPED(), Wait(0.3), SILENT(), final("okay"), ENDPOINT()
    )
    assert turns(out) == [["okay"]]


async def test_a_backchannel_to_a_tool_s_announcement_answers_nothing() -> None:
    call = FunctionCallFromLLM("look_up", "1", {}, LLMContext())
    tool = FunctionCallsStartedFrame([call])
    done = FunctionCallResultFrame("look_up", "1", {}, "ok")
    out = await outcome(ONE, SPEAKS(), tool, *said("okay"), Wait(0.2), SILENT(), Wait(0.1))
    assert interruptions(out) == 0
    out = await outcome(ONE, SPEAKS(), tool, done, *said("okay"), Wait(0.2), SILENT(), Wait(0.1))
    assert turns(out) == [["okay"]]


async def test_too_few_words_are_answered_when_the_agent_has_finished() -> None:
    out = await outcome(words(3), SPEAKS(), *said("Tuesday please"), Wait(4))
    assert (interruptions(out), played_on(out), turns(out)) == (0, 1, [])
    out = await outcome(words(3), SPEAKS(), *said("Tuesday please"), Wait(4), SILENT(), Wait(0.1))
    assert turns(out) == [["Tuesday please"]]


async def test_thanks_and_farewells_keep_nobody_who_is_saying_goodbye() -> None:
    out = await outcome(ONE, HangUpFrame(), SPEAKS(), *said("thank you, bye"), Wait(0.3))
    assert (interruptions(out), played_on(out)) == (0, 1)
    out = await outcome(ONE, HangUpFrame(), SPEAKS(), *said("bye, no wait"), Wait(0.3))
    assert interruptions(out) == 1
    assert interruptions(await outcome(ONE, SPEAKS(), *said("thank you, bye"))) == 1


async def test_never_keeps_what_is_said_until_the_agent_has_finished() -> None:
    out = await outcome(never, SPEAKS(), *said("What is that?"), Wait(3), *said("okay"), Wait(3))
    assert (interruptions(out), played_on(out), turns(out)) == (0, 0, [])
    out = await outcome(never, SPEAKS(), *said("What is that?"), Wait(3), SILENT(), Wait(0.1))
    assert (interruptions(out), turns(out)) == (1, [["What is that?"]])


async def test_what_is_still_being_said_when_the_agent_finishes_is_one_turn() -> None:
    out = await outcome(
        never,
        *(SPEAKS(), voice(), final("I would like", finalized=False), interim("a"), SILENT()),
        *(Wait(0.2), final("a check-up"), STOPPED(), ENDPOINT(), Wait(0.1)),
    )
    assert turns(out) == [["I would like a check-up"]]


async def test_the_first_sentence_is_protected_and_then_words_interrupt() -> None:
    clause, sentence = (HeardTextFrame(text, TextType.SENTENCE) for text in ("On Monday,", "we open at six."))
    start = (SPEAKS(), Up(clause))
    out = await outcome(first_sentence_protected, *start, *said("stop"), Wait(2))
    assert interruptions(out) == 0
    out = await outcome(first_sentence_protected, *start, Up(sentence), *said("stop"))
    assert interruptions(out) == 1
    # What was said into it interrupts as soon as it may.
    out = await outcome(first_sentence_protected, *start, *said("stop"), Wait(2), Up(sentence), Wait(0.1))
    assert (interruptions(out), turns(out)) == (1, [["stop"]])
    out = await outcome(first_sentence_protected, *start, *said("okay"), Up(sentence), Wait(0.1))
    assert interruptions(out) == 0
    # The next reply has a first sentence too.
    out = await outcome(
        first_sentence_protected, *start, Up(sentence), SILENT(), SPEAKS(), *said("stop"), Wait(1)
    )
    assert interruptions(out) == 0


async def test_a_voice_that_goes_on_when_the_first_sentence_is_over_is_in_doubt() -> None:
    sentence = Up(HeardTextFrame("Yes.", TextType.SENTENCE))
    out = await outcome(first_sentence_protected, SPEAKS(), voice(), Wait(2), sentence, Wait(1.3))
    assert (played_on(out), interruptions(out)) == (1, 0)
    out = await outcome(first_sentence_protected(then=vad), SPEAKS(), voice(), sentence)
    assert interruptions(out) == 1


@pytest.mark.parametrize("policy", [ONE, vad, first_sentence_protected], ids=repr)
async def test_a_text_that_must_be_heard_is_not_interrupted_on_any_line(policy: BargeIn) -> None:
    out = await outcome(policy, SPEAKS(), Up(SHIELDED), *said("stop"), Wait(2))
    assert (interruptions(out), turns(out)) == (0, [])
    out = await outcome(policy, SPEAKS(), Up(SHIELDED), *said("stop"), Up(FREE), SILENT(), Wait(0.1))
    assert (interruptions(out), turns(out)) == (1, [["stop"]])


async def test_doubt_ends_when_a_text_that_must_be_heard_begins() -> None:
    out = await outcome(ONE, SPEAKS(), voice(), Up(SHIELDED), Wait(0.1))
    assert played_on(out) == 1


async def test_somebody_else_in_the_room_is_not_the_caller() -> None:
    far = FarVoiceFrame()
    words_of_theirs = (interim("where are my keys"), final("where are my keys"), ENDPOINT())
    out = await outcome(ONE, SPEAKS(), far, *words_of_theirs, Wait(2), SILENT(), Wait(1))
    assert (interruptions(out), turns(out)) == (0, [])
    # Their words may become final only when the agent has finished.
    out = await outcome(ONE, SPEAKS(), far, SILENT(), *words_of_theirs, Wait(1))
    assert turns(out) == []
    out = await outcome(ONE, SPEAKS(), far, *words_of_theirs, voice(), interim("wait"))
    assert interruptions(out) == 1
