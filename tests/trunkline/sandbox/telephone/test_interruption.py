"""What is going on can be cut short."""

import asyncio

import pytest

from trunkline.sandbox.telephone.interruption import CallOver, Interruptions, Replaced, undisturbed
from trunkline.sandbox.telephone.twiml import Inline

ELSEWHERE = Inline("<Response/>")


async def slow(done: list[str]) -> str:
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        done.append("cancelled")
        raise
    return "result"


async def test_undisturbed_work_gives_its_result() -> None:
    assert await Interruptions().wait(slow([])) == "result"


async def test_work_that_fails_fails() -> None:
    async def fails() -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        await Interruptions().wait(fails())


async def test_another_document_interrupts_until_it_is_followed() -> None:
    interruptions, done = Interruptions(), list[str]()
    asyncio.get_running_loop().call_later(1, interruptions.replace, ELSEWHERE)
    for _ in range(2):
        with pytest.raises(Replaced) as caught:
            await interruptions.wait(slow(done))
        assert caught.value.source is ELSEWHERE
    assert done == ["cancelled"]
    assert asyncio.get_running_loop().time() == 1
    interruptions.follow()
    assert await interruptions.wait(slow(done)) == "result"


async def test_what_is_to_last_to_the_end_does_not_mind_another_document() -> None:
    interruptions = Interruptions()
    interruptions.replace(ELSEWHERE)
    assert await interruptions.wait(slow([]), to_the_end=True) == "result"
    interruptions.end()
    with pytest.raises(CallOver):
        await interruptions.wait(slow([]), to_the_end=True)


async def test_a_wait_within_a_wait_is_interrupted_with_it() -> None:
    interruptions, done = Interruptions(), list[str]()
    asyncio.get_running_loop().call_later(1, interruptions.replace, ELSEWHERE)
    with pytest.raises(Replaced):
        await interruptions.wait(interruptions.wait(slow(done)))
    assert done == ["cancelled"]


async def test_the_end_of_the_call_interrupts_all_that_follows() -> None:
    interruptions = Interruptions()
    interruptions.end()
    interruptions.replace(ELSEWHERE)
    for _ in range(2):
        with pytest.raises(CallOver):
            await interruptions.wait(slow([]))
    assert asyncio.get_running_loop().time() == 0


async def test_who_waits_for_something_undisturbed_leaves_it_alone() -> None:
    interruptions, done = Interruptions(), list[str]()
    work = asyncio.ensure_future(slow(done))
    asyncio.get_running_loop().call_later(1, interruptions.end)
    with pytest.raises(CallOver):
        await interruptions.wait(undisturbed(work))
    assert await work == "result"
    assert done == []


async def test_whoever_is_cancelled_cancels_the_work() -> None:
    done: list[str] = []
    waiting = asyncio.create_task(Interruptions().wait(slow(done)))
    await asyncio.sleep(1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert done == ["cancelled"]
