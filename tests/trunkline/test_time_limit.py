"""When a call is warned, and when it ends."""

import asyncio

from pipecat.frames.frames import BotStartedSpeakingFrame, BotStoppedSpeakingFrame

from processors.floor import Floor
from trunkline.testing.stage import Bench, Up
from trunkline.time_limit import MARGIN, PATIENCE, keep_time


async def kept(warn: float | None, *speech: float) -> tuple[list[float], float]:
    """When the warning came and when the end, in seconds, for a call of 100.

    Args:
        warn: seconds before the end.
        speech: when the agent began to speak and stopped, in turn.
    """
    loop = asyncio.get_running_loop()
    since = loop.time()
    floor = Floor()
    warned: list[float] = []

    async def warning() -> None:
        warned.append(round(loop.time() - since, 1))

    async with Bench(floor) as bench:
        keeping = asyncio.create_task(keep_time(floor, 100, warn, warning))
        for index, at in enumerate(speech):
            await asyncio.sleep(since + at - loop.time())
            await bench.send(Up(BotStoppedSpeakingFrame() if index % 2 else BotStartedSpeakingFrame()))
        await keeping
        return warned, round(loop.time() - since, 1)


async def test_a_warning_in_time_and_the_end() -> None:
    assert await kept(60) == ([40.0], 100.0)


async def test_no_warning_if_none_is_wanted_or_possible() -> None:
    assert await kept(None) == ([], 100.0)
    assert await kept(100) == ([], 100.0)


async def test_both_wait_for_whoever_speaks() -> None:
    assert await kept(60, 38, 45, 98, 104) == ([45.0], 104.0)


async def test_but_not_for_ever() -> None:
    assert await kept(60, 38, 100 - MARGIN + 1, 97, 130) == ([], 100 + PATIENCE + 20)
