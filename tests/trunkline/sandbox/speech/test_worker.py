"""All engines share one thread, and the event loop goes on meanwhile."""

import asyncio
import threading

import pytest

from trunkline.sandbox.speech.worker import compute


async def test_work_is_done_off_the_loop_in_always_the_same_thread() -> None:
    names = {await compute(lambda: threading.current_thread().name) for _ in range(3)}
    assert len(names) == 1
    assert names != {threading.current_thread().name}


async def test_the_first_to_come_is_the_first_to_be_served() -> None:
    order: list[int] = []
    await asyncio.gather(*(compute(order.append, number) for number in range(20)))
    assert order == list(range(20))


async def test_errors_reach_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        await compute(lambda: 1 / 0)


async def test_work_that_nobody_waits_for_is_never_begun() -> None:
    free, done = threading.Event(), list[str]()
    first = asyncio.create_task(compute(free.wait))
    second = asyncio.create_task(compute(done.append, "done"))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    free.set()
    await first
    await compute(lambda: None)
    assert done == []
