"""A service beside the pipeline is started, fed and let go of, whatever it does."""

import asyncio

import pytest
from pipecat.frames.frames import CancelFrame, Frame, StartFrame, TextFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from processors.understudy import START_LIMIT, Understudy
from tests.support import Bench


class Idle(FrameProcessor):
    """Hands on whatever comes."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)


class Service(Idle):
    """Keeps what it was given; may take for ever to connect, or to stop."""

    def __init__(self, connects: float = 0.0, stops: float = 0.0) -> None:
        super().__init__()
        self.got: list[Frame] = []
        self._connects, self._stops = connects, stops

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        await asyncio.sleep(self._connects)

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        await asyncio.sleep(self._stops)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        self.got.append(frame)
        await super().process_frame(frame, direction)


async def test_it_gets_frames_in_order_and_what_it_makes_is_heard() -> None:
    heard: list[Frame] = []

    async def hear(frame: Frame, direction: FrameDirection) -> None:
        heard.append(frame)

    async with Bench(Idle()) as bench:
        service = Service()
        understudy = Understudy(service, bench.stage, hear)
        await understudy.start()
        texts = [TextFrame("a"), TextFrame("b")]
        for text in texts:
            understudy.post(text)
        await bench.settle()
        assert service.got[1:] == heard[1:] == texts
        assert isinstance(service.got[0], StartFrame)
        await understudy.stop()
        assert isinstance(service.got[-1], CancelFrame)
        assert heard[1:] == texts
        assert bench.heard.down == []


async def test_one_that_does_not_connect_is_not_waited_for() -> None:
    async with Bench(Idle()) as bench:
        understudy = Understudy(Service(connects=60), bench.stage, _drop)
        before = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await understudy.start()
        assert asyncio.get_running_loop().time() - before == pytest.approx(START_LIMIT, abs=0.1)
        await understudy.stop()


async def test_one_that_does_not_stop_is_not_waited_for() -> None:
    async with Bench(Idle()) as bench:
        understudy = Understudy(Service(stops=60), bench.stage, _drop)
        await understudy.start()
        before = asyncio.get_running_loop().time()
        await understudy.stop()
        assert asyncio.get_running_loop().time() - before < 1.1


async def _drop(frame: Frame, direction: FrameDirection) -> None:
    return
