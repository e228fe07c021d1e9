"""What is said to a caller on hold, and when."""

import asyncio
from typing import Any

from processors.floor import Floor
from trunkline.holding import holding


class Asides:
    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []

    async def say(self, text: str) -> None:
        self.said.append((round(asyncio.get_running_loop().time() - self.since, 1), text))

    since = 0.0


async def held(text: str, again: str | None, seconds: float) -> list[tuple[float, str]]:
    floor, asides = Floor(), Asides()
    asides.since = asyncio.get_running_loop().time()
    given: Any = asides
    async with holding(floor, given, text, again, 10.0):
        assert floor.is_claimed
        await asyncio.sleep(seconds)
    assert not floor.is_claimed
    await asyncio.sleep(60)
    return asides.said


async def test_it_is_said_and_said_again() -> None:
    assert await held("wait", "still", 25) == [(0.0, "wait"), (10.0, "still"), (20.0, "still")]


async def test_either_may_be_left_out() -> None:
    assert await held("", "still", 15) == [(10.0, "still")]
    assert await held("wait", None, 15) == [(0.0, "wait")]


async def test_a_hold_that_fails_or_is_cancelled_is_over() -> None:
    floor = Floor()
    asides: Any = Asides()

    async def hold() -> None:
        async with holding(floor, asides, "wait", "still", 10.0):
            await asyncio.sleep(99)

    task = asyncio.create_task(hold())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert not floor.is_claimed
    await asyncio.sleep(60)
    assert len(asides.said) == 1
