"""Words beside the conversation: where they enter, and what does not wait for them."""

from typing import Any

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    LLMContextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregator,
    LLMContextAggregatorPair,
)

from processors.floor import Floor
from trunkline.asides import Asides
from trunkline.testing.stage import Bench, Up

RUNS = FunctionCallInProgressFrame("look_up", "1", {}, cancel_on_interruption=True)


def done() -> Frame:
    return FunctionCallResultFrame("look_up", "1", {}, "found")


async def asked(*, aside: bool) -> list[int]:
    """How often the model had been asked: when the tool was done, and when the agent had spoken."""
    floor = Floor()
    assistant: Any = LLMContextAggregatorPair(LLMContext()).assistant()
    asides = Asides(floor)
    asides.attach(floor, assistant)
    counts = []
    async with Bench(floor) as below, Bench(assistant) as above:
        await above.send(RUNS)
        if aside:
            await asides.say("One moment.")
        for frame in (BotStartedSpeakingFrame, BotStoppedSpeakingFrame):
            await below.send(Up(frame()))
            await above.send(frame())
            if frame is BotStartedSpeakingFrame:
                await above.send(done())
            counts.append(len(above.heard.up_of(LLMContextFrame)))
    return counts


async def test_a_reply_does_not_wait_for_the_end_of_an_aside() -> None:
    assert await asked(aside=True) == [1, 1]


async def test_it_does_wait_for_the_end_of_anything_else() -> None:
    assert await asked(aside=False) == [0, 1]


async def test_the_model_does_not_learn_of_it() -> None:
    floor = Floor()
    asides = Asides(floor)
    async with Bench(floor) as bench:
        await asides.say("One moment.")
        (frame,) = bench.heard.of(TTSSpeakFrame)
        assert frame.text == "One moment."
        assert not frame.append_to_context


def test_pipecat_still_tells_whether_it_keeps_a_reply_waiting() -> None:
    aggregator = LLMContextAggregatorPair(LLMContext()).assistant()
    assert isinstance(aggregator, LLMAssistantAggregator)
    assert aggregator._push_context_on_bot_stopped_speaking is False
