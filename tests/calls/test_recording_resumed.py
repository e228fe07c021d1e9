"""A call that another process goes on with: one file, one time, and a pause that stays one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.calls.sound import MS, Recorded, left, loud, offset, recorded_line
from tests.calls.town import GREETING, NUMBER, PRICE, PRICE_QUESTION, VOICE, hears, outside, said, serving
from trunkline.recording import recorder
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted
from trunkline.server.service import Service

SECOND = 1000 * MS

BEGAN = datetime(2026, 5, 4, 12, tzinfo=UTC)

PUBLIC = "https://voice.example.com"


@pytest.fixture(autouse=True)
def _wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that goes with the loop's: the real one does not move while a test waits."""
    monkeypatch.setattr(recorder, "now", lambda: BEGAN + timedelta(seconds=asyncio.get_running_loop().time()))


@dataclass
class Two:
    """Two servers with one store and one folder, and a call that the first has answered."""

    first: Service
    second: Service
    origins: dict[str, str]
    phone: Phone

    async def move(self) -> None:
        """The stream is lost, and the second server is asked what next."""
        await self.first.store.flush()
        self.origins[PUBLIC] = self.second.url
        since = len(self.phone.log)
        self.phone.break_stream()
        await self.phone.until(StreamStarted, since=since)

    async def over(self) -> None:
        await self.phone.hang_up()
        await self.phone.ended()
        for service in (self.first, self.second):
            session = service.switchboard.calls.get(self.phone.sid)
            if session is not None:
                await session.over()
            await service.vendors.disk.flush()
            await service.store.flush()


@asynccontextmanager
async def two(folder: Path) -> AsyncIterator[Two]:
    origins = {PUBLIC: ""}
    options = {"TRUNKLINE_PUBLIC_URL": PUBLIC, "TRUNKLINE_SECRET": "shared between processes"}
    async with (
        outside(carrier={"origins": origins}) as world,
        serving(world, folder, [recorded_line()], **options) as first,
        serving(world, folder, [recorded_line()], **options) as second,
    ):
        origins[PUBLIC] = first.url
        phone = await world.carrier.call(f"{PUBLIC}/twilio/voice", to=NUMBER)
        await hears(phone, GREETING)
        yield Two(first, second, origins, phone)


async def test_both_processes_write_one_file_on_one_clock(tmp_path: Path) -> None:
    async with two(tmp_path) as servers:
        phone = servers.phone
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        await servers.move()
        await asyncio.sleep(8)
        await phone.say(said(PRICE_QUESTION))
        await asyncio.sleep(6)
        await servers.over()
        (path,) = left(tmp_path)
        recorded = Recorded.of(path)
        assert VOICE.read(recorded.agent) == VOICE.read(phone.heard)
        last = len(recorded.agent) - 1
        while recorded.agent[last] == 0xFF:
            last -= 1
        assert abs(offset(recorded.agent, phone.heard, last - SECOND, SECOND)) <= 20 * MS
        spoken = len(phone.said.rstrip(b"\xff")) - SECOND
        assert abs(offset(phone.said, recorded.caller, spoken, SECOND // 2)) <= 20 * MS
        row = await servers.second.store.call(phone.sid)
        assert row is not None
        assert [turn.caller for turn in row.turns][1:] == [PRICE_QUESTION, PRICE_QUESTION]
        for turn in row.turns[1:]:
            assert turn.caller_at_ms is not None
            at = round(turn.caller_at_ms) * MS
            assert loud(phone.said[at - 300 * MS : at - 200 * MS]) == 0
            assert loud(phone.said[at : at + 300 * MS]) > 0


async def test_a_pause_outlives_its_process(tmp_path: Path) -> None:
    async with two(tmp_path) as servers:
        phone, sid = servers.phone, servers.phone.sid
        await asyncio.sleep(1)
        async with servers.first.switchboard.calls[sid].call.recording_paused():
            await servers.move()
            await asyncio.sleep(4)
            await phone.say(said(PRICE_QUESTION))  # the number of a card, perhaps
            await hears(phone, PRICE)
            resumed = servers.second.switchboard.calls[sid].call
            async with resumed.recording_paused():
                await phone.say(said(PRICE_QUESTION))
            since = len(phone.said)
            await asyncio.sleep(5)
            await phone.say(said(PRICE_QUESTION))
            await asyncio.sleep(4)
        await servers.over()
        (path,) = left(tmp_path)
        recorded = Recorded.of(path)
        assert loud(recorded.caller[: since - 100 * MS]) == 0
        assert loud(recorded.caller) > 0
        assert PRICE in VOICE.read(recorded.agent[since:])
