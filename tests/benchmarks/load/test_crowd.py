"""Whole calls of the load generator, on virtual time: what it says of a server that takes no time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.load.crowd import Crowd
from benchmarks.load.vendors import VENDORS_MS, Vendors
from trunkline import loader, settings
from trunkline.server.service import Service

LINE = Path(__file__).parents[3] / "benchmarks/lines/front_desk.py"


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Vendors, Service]]:
    loaded, wrong = loader.load_all([LINE])
    assert not wrong
    database = f"sqlite+aiosqlite:///{folder}/calls.db"
    async with Vendors() as vendors:
        values = settings.load(_env_file=None, TRUNKLINE_DATABASE_URL=database, **vendors.environment)
        async with Service(values, loaded) as service:
            await service.vendors.prompts.ready()
            yield vendors, service


async def test_callers_are_greeted_answered_and_listened_to_when_they_barge_in(tmp_path: Path) -> None:
    clock = asyncio.get_running_loop().time
    async with served(tmp_path) as (_, service), Crowd(f"{service.url}/twilio/voice", clock) as crowd:
        await crowd.grow(3, per_second=2)
        await asyncio.sleep(3)
        crowd.seen.open = True
        await asyncio.sleep(30)
        crowd.seen.open = False
        assert crowd.up == 3
    seen = crowd.seen
    assert seen.described() == []
    assert len(seen.greeting) == 3
    assert len(seen.reply) > 7
    assert len(seen.barge_in) >= 2
    assert seen.gaps == []
    replies = seen.spread_of_replies(VENDORS_MS)
    assert 0 <= replies.p50 <= replies.max < 100
    assert 0 < min(seen.barge_in) <= max(seen.barge_in) < 400


async def test_a_caller_who_is_refused_tells_why(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, service), Crowd(f"{service.url}/twilio/nobody") as crowd:
        crowd.one_more()
        await asyncio.sleep(1)
        assert crowd.up == 0
    assert crowd.seen.described() == ["webhook answered 404"]


async def test_a_reply_that_does_not_come_is_a_failure(tmp_path: Path) -> None:
    clock = asyncio.get_running_loop().time
    async with served(tmp_path) as (vendors, service):
        vendors.openai.first_token_ms = 60_000
        async with Crowd(f"{service.url}/twilio/voice", clock) as crowd:
            crowd.one_more()
            await asyncio.sleep(16)
    assert "no reply in 8 s" in crowd.seen.described()


async def test_a_lost_stream_is_a_failure(tmp_path: Path) -> None:
    clock = asyncio.get_running_loop().time
    async with served(tmp_path) as (_, service), Crowd(f"{service.url}/twilio/voice", clock) as crowd:
        crowd.one_more()
        await asyncio.sleep(2)
        await service.switchboard.close()
        await asyncio.sleep(3)
        assert crowd.up == 0
    assert any(what.startswith("the stream was closed") for what in crowd.seen.described())
