"""Who has the floor, by the frames that reach the head of a pipeline."""

import asyncio
from typing import Any

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    FunctionCallCancelFrame,
    FunctionCallFromLLM,
    FunctionCallResultFrame,
    FunctionCallResultProperties,
    FunctionCallsStartedFrame,
    InputDTMFFrame,
    InterruptionFrame,
    LLMContextUserTurnFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.utils.text.base_text_aggregator import TextType

from processors.floor import REPLY_LIMIT, Floor
from processors.frames import HeardTextFrame
from trunkline.testing.stage import Bench, Up, Wait

SAID = LLMContextUserTurnFrame(text="hello", timestamp="")


def started(*ids: str) -> Frame:
    calls = [FunctionCallFromLLM("look_up", i, {}, LLMContext()) for i in ids]
    return FunctionCallsStartedFrame(function_calls=calls)


def result(i: str, **properties: Any) -> Frame:
    given = FunctionCallResultProperties(**properties) if properties else None
    return FunctionCallResultFrame("look_up", i, {}, "found", properties=given)


async def after(*items: Frame | Wait) -> Floor:
    """The floor when these frames have come from below."""
    floor = Floor()
    async with Bench(floor) as bench:
        await bench.send(*(item if isinstance(item, Wait) else Up(item) for item in items))
        state = vars(floor).copy()
        answers = {name: getattr(floor, name) for name in ("is_free", "is_silent", "is_callers_move")}
    made: Any = type(
        "State", (), {**state, **answers, "caller_speaks": state["_has_voice"] or state["_has_turn"]}
    )
    return made  # type: ignore[no-any-return]


async def test_it_is_free_when_nobody_speaks() -> None:
    assert (await after()).is_free
    assert not (await after(BotStartedSpeakingFrame())).is_free
    assert (await after(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())).is_free


async def test_the_caller_has_it_by_voice_and_until_the_turn_ends() -> None:
    frames = [VADUserStartedSpeakingFrame(), UserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame()]
    for count in (1, 2, 3):
        floor = await after(*frames[:count])
        assert floor.caller_speaks
        assert not floor.is_free
        assert floor.is_callers_move
    assert (await after(*frames, UserStoppedSpeakingFrame())).is_free


async def test_a_reply_is_due_after_words_until_it_is_heard() -> None:
    assert not (await after(SAID)).is_silent
    assert (await after(SAID, BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())).is_free
    assert (await after(SAID, InterruptionFrame())).is_free


async def test_a_reply_that_does_not_come_is_not_waited_for_for_ever() -> None:
    assert not (await after(SAID, Wait(REPLY_LIMIT - 1))).is_free
    assert (await after(SAID, Wait(REPLY_LIMIT + 1))).is_free


async def test_tools_have_it_while_their_results_are_awaited() -> None:
    floor = await after(SAID, started("a", "b"), result("a"))
    assert floor.tools == {"b": "look_up"}
    assert not floor.is_free
    floor = await after(SAID, started("a"), result("a"))
    assert not floor.tools
    assert not floor.is_free
    assert (await after(SAID, started("a"), result("a", run_llm=False))).is_free
    assert (await after(SAID, started("a"), FunctionCallCancelFrame("look_up", "a"))).is_free


async def test_an_interim_result_is_none() -> None:
    assert (await after(started("a"), result("a", is_final=False))).tools


async def test_a_new_turn_ends_the_wait_for_a_tool() -> None:
    floor = await after(SAID, started("a"), SAID, BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
    assert floor.is_free
    floor = await after(
        SAID, started("a"), SAID, BotStartedSpeakingFrame(), BotStoppedSpeakingFrame(), result("a")
    )
    assert floor.is_free


async def test_words_and_keys_are_counted() -> None:
    floor = await after(SAID, InputDTMFFrame(button=KeypadEntry.ONE), InputDTMFFrame(button=KeypadEntry.TWO))
    assert (floor.turns, floor.keys) == (1, 2)


async def test_a_claim_is_patience_and_everybody_is_told() -> None:
    floor = Floor()
    told: list[bool] = []
    unwatch = floor.watch(lambda: told.append(floor.is_free))
    with floor.claimed(), floor.claimed():
        assert floor.is_claimed
    assert told == [False, False, False, True]
    unwatch()
    with floor.claimed():
        assert len(told) == 4


async def test_silence_is_waited_for_so_long_and_no_longer() -> None:
    floor = Floor()
    async with Bench(floor) as bench:
        assert await floor.silence(0)
        await bench.send(Up(BotStartedSpeakingFrame()))
        since = asyncio.get_running_loop().time()
        assert not await floor.silence(3)
        assert 3 <= asyncio.get_running_loop().time() - since < 3.1
        waiting = asyncio.create_task(floor.silence(3))
        await bench.send(Wait(1), Up(BotStoppedSpeakingFrame()))
        assert await waiting


async def test_quiet_that_lasts_is_told_from_quiet_that_does_not() -> None:
    floor = Floor()
    async with Bench(floor) as bench:
        waiting = asyncio.create_task(floor.stays_quiet(3))
        await bench.send(Wait(1), Up(VADUserStartedSpeakingFrame()))
        assert not await waiting
        waiting = asyncio.create_task(floor.stays_quiet(3))
        await bench.send(Wait(5), Up(VADUserStoppedSpeakingFrame()), Wait(2.9))
        assert not waiting.done()
        assert await waiting


def heard(*, of_a_reply: bool) -> HeardTextFrame:
    frame = HeardTextFrame("One moment.", TextType.SENTENCE)
    frame.append_to_context = of_a_reply
    return frame


async def test_a_reply_is_due_all_the_same_after_words_beside_the_conversation() -> None:
    floor = Floor()
    async with Bench(floor) as bench:
        await bench.send(Up(SAID))
        floor.hears_aside = True
        spoken = [Up(BotStartedSpeakingFrame()), Up(heard(of_a_reply=False)), Up(BotStoppedSpeakingFrame())]
        await bench.send(*spoken)
        assert floor.reply_is_due
        assert not floor.hears_aside
        await bench.send(Wait(REPLY_LIMIT - 0.1))
        assert floor.reply_is_due
        await bench.send(Wait(0.2))
        assert not floor.reply_is_due


async def test_a_reply_right_behind_such_words_is_none_that_is_due() -> None:
    floor = Floor()
    async with Bench(floor) as bench:
        await bench.send(Up(SAID))
        floor.hears_aside = True
        await bench.send(Up(BotStartedSpeakingFrame()), Up(heard(of_a_reply=True)))
        await bench.send(Up(BotStoppedSpeakingFrame()))
        assert not floor.reply_is_due
