"""Whole calls of the floor, in real time."""

import asyncio

import pytest

from tests.benchmarks.subjects.calling import GREETING, LONG, QUESTION, Caller, subject, world
from trunkline.sandbox.telephone.records import MarkReceived, StreamStopped

pytestmark = pytest.mark.realtime


async def test_a_caller_is_greeted_answered_and_may_interrupt_while_another_is_silent() -> None:
    async with world() as vendors, subject("floor", vendors) as floor:
        caller, silent = [await Caller.call(vendors, floor) for _ in range(2)]
        await caller.hears(GREETING)
        assert 200 < await caller.ask(QUESTION) < 1500
        await caller.hears(f"{GREETING}Listen.We are open")
        assert 50 < await caller.interrupt("no thank you") < 1500
        await caller.hears("All right.Bye.")
        assert caller.heard.count("Sunday") < LONG.count("Sunday")
        assert len(caller.phone.log.of(MarkReceived)) >= 4  # greeting, "Listen.", "All right.", "Bye."
        assert silent.heard == GREETING
        assert (await floor.lag()).n > 0
        await asyncio.gather(caller.leave(), silent.leave())
    system, question, answer, stop = vendors.openai.requests[-1].request.messages
    assert system["content"] == "Answer."
    assert [question["content"].lower(), stop["content"].lower()] == [QUESTION, "no thank you"]
    assert LONG.startswith(answer["content"].strip())
    assert not caller.complaints
    assert not floor.complaints


async def test_a_call_that_lost_its_vendor_ends() -> None:
    async with world() as vendors, subject("floor", vendors) as floor:
        caller = await Caller.call(vendors, floor)
        await caller.hears(GREETING)
        await vendors.deepgram.drop()
        stopped = await caller.phone.until(StreamStopped, timeout=5)
        assert stopped.by == "server"
        await caller.phone.ended(timeout=5)
