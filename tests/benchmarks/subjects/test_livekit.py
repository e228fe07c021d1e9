"""A whole call of LiveKit Agents, in real time, where its environment is."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from benchmarks.machine import cores
from benchmarks.subject import KINDS, Subject, SubjectMissing
from tests.benchmarks.subjects.calling import GREETING, LONG, NUMBER, QUESTION, Caller, world
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.telephone.records import MarkReturned, Record, StreamStarted
from trunkline.sandbox.world import KEY, World

pytestmark = pytest.mark.realtime


LIVEKIT = KINDS["livekit"]


@asynccontextmanager
async def livekit(vendors: World) -> AsyncIterator[Subject]:
    """Skips the test where the subject's environment is missing, in the words of who would measure it."""
    try:
        async with Subject(LIVEKIT, environment(vendors), cores()[0]) as subject:
            yield subject
    except SubjectMissing as missing:
        pytest.skip(str(missing))


def environment(vendors: World) -> Mapping[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_BASE_URL": vendors.carrier.base_url,
        "DEEPGRAM_API_KEY": KEY,
        "DEEPGRAM_BASE_URL": vendors.deepgram.base_url,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": vendors.openai.base_url,
    }


async def call(vendors: World, subject: Subject) -> Caller:
    phone = await vendors.carrier.call(subject.voice_url, to=NUMBER)
    await phone.until(StreamStarted, timeout=20)
    return Caller(vendors, phone)


async def test_a_caller_is_greeted_answered_and_may_interrupt() -> None:
    async with world() as vendors, livekit(vendors) as subject:
        caller = await call(vendors, subject)
        await caller.hears(GREETING)
        await caller.ask(QUESTION)
        await caller.hears(f"{GREETING} Listen. We are open")
        await caller.interrupt("no thank you")
        await caller.hears("All right. Bye.")
        assert caller.heard.count("Sunday") < LONG.count("Sunday")
        assert not caller.complaints
        assert (await subject.lag()).n > 0
        await caller.leave()


async def test_a_mark_tells_that_a_greeting_and_a_reply_have_been_played() -> None:
    async with world() as vendors, livekit(vendors) as subject:
        caller = await call(vendors, subject)
        greeted = await caller.phone.until(MarkReturned, timeout=15)
        assert caller.heard.strip() == GREETING
        await caller.ask("no thank you")
        replied = await caller.phone.until(MarkReturned, since=since(caller, greeted), timeout=15)
        assert caller.heard.split() == [*GREETING.split(), "All", "right.", "Bye."]
        assert greeted.played
        assert replied.played
        await caller.leave()


async def test_calls_in_one_process_do_not_mix_and_leave_nothing_open() -> None:
    async with world() as vendors, livekit(vendors) as subject:
        asking, silent = await call(vendors, subject), await call(vendors, subject)
        await asking.hears(GREETING)
        await silent.hears(GREETING)
        await asking.ask("no thank you")
        await asking.hears("All right. Bye.")
        assert silent.heard.strip() == GREETING
        await asking.leave()
        await silent.leave()
        async with asyncio.timeout(10):
            while vendors.deepgram.listen.open or vendors.deepgram.speak.open_sockets:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert not subject.complaints


def since(caller: Caller, record: Record) -> int:
    """Where what comes behind a record begins in the log."""
    return list(caller.phone.log).index(record) + 1
