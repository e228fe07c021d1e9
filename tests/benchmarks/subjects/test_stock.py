"""A whole call of stock pipecat, in real time, where its environment is; and its word where it is not."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

import pytest

from benchmarks.subject import ROOT
from tests.benchmarks.subjects.calling import GREETING, LONG, QUESTION, Caller, subject, world

pytestmark = pytest.mark.realtime


async def test_a_caller_is_greeted_answered_and_may_interrupt() -> None:
    async with world() as vendors, subject("stock", vendors) as stock:
        caller = await Caller.call(vendors, stock)
        await caller.hears(GREETING)
        await caller.ask(QUESTION)
        await caller.hears("Listen. We are open")
        assert 50 < await caller.interrupt("no thank you") < 1500
        await caller.hears("All right. Bye.")
        assert caller.heard.count("Sunday") < LONG.count("Sunday")
        assert (await stock.lag()).n > 0
        await caller.leave()
    system, *_, stop = vendors.openai.requests[-1].request.messages
    assert [system["content"], stop["content"].lower()] == ["Answer.", "no thank you"]
    assert not caller.complaints
    assert not stock.complaints


async def test_a_missing_package_is_said_in_one_line() -> None:
    without = "import sys; sys.modules['uvicorn'] = None"
    script = f"{without}; from benchmarks.subjects import stock; sys.argv = ['stock']; sys.exit(stock.main())"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script), cwd=ROOT, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    said, complained = await process.communicate()
    assert (process.returncode, said) == (3, b"")
    assert b"benchmarks/subjects/stock.txt" in complained
    assert complained.count(b"\n") == 1
