"""Timers fire once, by name."""

import asyncio

from processors.turn_stop_timers import Timers


async def test_each_fires_once_and_is_over() -> None:
    fired: list[str] = []
    timers = Timers(fired.append)
    timers.start("a", 1)
    timers.start("b", 2)
    await asyncio.sleep(1.5)
    assert fired == ["a"]
    assert ("a" in timers, "b" in timers) == (False, True)
    await asyncio.sleep(1)
    assert fired == ["a", "b"]


async def test_one_that_is_started_anew_runs_anew() -> None:
    fired: list[str] = []
    timers = Timers(fired.append)
    timers.start("a", 1)
    await asyncio.sleep(0.9)
    timers.start("a", 1)
    await asyncio.sleep(0.9)
    assert fired == []
    await asyncio.sleep(0.2)
    assert fired == ["a"]


async def test_a_stopped_one_does_not_fire() -> None:
    fired: list[str] = []
    timers = Timers(fired.append)
    for name in "abc":
        timers.start(name, 1)
    timers.stop("a")
    timers.stop("a")
    timers.stop_all()
    await asyncio.sleep(2)
    assert fired == []
