"""A service inside another stage: what it is told, what it is given, and what comes out."""

import asyncio
from typing import Any

from pipecat.frames.frames import Frame, LLMTextFrame, StartFrame, UserStartedSpeakingFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.circuit import Breakers
from processors.standin import StandIn, provider_of
from tests.support import Bench


class Echo(FrameProcessor):
    """Lets everything pass, and answers text."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[type[Frame]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.seen.append(type(frame))
        if isinstance(frame, LLMTextFrame):
            await self.push_frame(LLMTextFrame(frame.text.upper()))
        await self.push_frame(frame, direction)


class Around(FrameProcessor):
    """The stage around it."""

    def __init__(self, *candidates: Any) -> None:
        super().__init__()
        self.made: list[Frame] = []
        self.models = [StandIn(each, Breakers(), lambda _: None, self._take) for each in candidates]

    async def _take(self, _: StandIn, frame: Frame, direction: FrameDirection) -> None:
        self.made.append(frame)

    async def setup(self, setup: Any) -> None:
        await super().setup(setup)
        for model in self.models:
            if model.is_built:
                await model.enter(setup)

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        for model in self.models:
            if model.is_built:
                await model.leave()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            for model in self.models:
                if model.is_built:
                    await model.tell(frame)
        await self.push_frame(frame, direction)


async def test_what_it_is_told_does_not_come_out_and_what_it_makes_does() -> None:
    echo = Echo()
    async with Bench(stage := Around(echo)) as bench:
        (model,) = stage.models
        frame = UserStartedSpeakingFrame()
        await model.tell(frame)
        await model.give(LLMTextFrame("hm"))
        await bench.settle()
        assert [getattr(made, "text", "") for made in stage.made] == ["HM", "hm"]
        assert UserStartedSpeakingFrame in echo.seen
        assert not frame.metadata


async def test_one_that_is_built_later_knows_what_the_others_know() -> None:
    async with Bench(stage := Around(Echo(), Echo)) as bench:
        _, model = stage.models
        assert not model.is_built
        await model.build(stage._setup, [StartFrame(), UserStartedSpeakingFrame()])
        await bench.settle()
        assert model.service.seen == [StartFrame, UserStartedSpeakingFrame]


async def test_one_that_cannot_be_built_says_why_and_is_not_tried_again() -> None:
    tried: list[int] = []

    def broken() -> FrameProcessor:
        tried.append(1)
        raise KeyError("ANTHROPIC_API_KEY")

    async with Bench(stage := Around(Echo(), broken)):
        _, model = stage.models
        for _ in range(2):
            await model.build(stage._setup, [])
        assert str(model.failure) == "a stand-in could not be built (KeyError)"
        assert tried == [1]


async def test_one_that_has_declared_itself_useless_is_asked_all_the_same() -> None:
    echo = Echo()
    async with Bench(stage := Around(echo)) as bench:
        await echo.set_usable(False)
        await stage.models[0].give(LLMTextFrame("hm"))
        await bench.settle()
        assert echo.is_usable


async def test_a_vendor_has_the_name_that_it_goes_by() -> None:
    class Client:
        base_url = "https://api.example.com/v1"

    class Settings:
        model = "m-1"

    class SomeLLMService:
        _client, _settings = Client(), Settings()

    class Ours:
        provider = "OpenAI gpt"

    assert provider_of(SomeLLMService()) == "SomeLLM api.example.com m-1"
    assert provider_of(Ours()) == "OpenAI gpt"
    assert provider_of(Echo()) == "Echo"
    await asyncio.sleep(0)
