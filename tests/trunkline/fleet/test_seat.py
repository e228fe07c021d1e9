"""A worker's seat: what others see of its calls, and what it does with a request that is not for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from tests.trunkline.office import Archive, bare_line, board, facts, no_vendors
from tests.trunkline.server.gate import Client
from trunkline.admission import Admission
from trunkline.fleet.letters import HEAD
from trunkline.fleet.mailboxes import Mailbox
from trunkline.fleet.orphans import GRACE
from trunkline.fleet.roster import UNLIMITED, State
from trunkline.fleet.seat import Fleet, Seat
from trunkline.life import ABANDONED, COMPLETED
from trunkline.server.app import application
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.switchboard import REMEMBERED, Switchboard

pytestmark = pytest.mark.asyncio(loop_factories=["virtual"])


class Office:
    """One worker, listening on a port of its own, so that a test can choose where a request comes."""

    def __init__(self, seat: Seat, board: Switchboard, client: Client) -> None:
        self.seat, self.board, self.client = seat, board, client

    async def voice(self, number: int, path: str = "/twilio/voice") -> str:
        """The document that a caller is answered with."""
        form = {"CallSid": facts(number).sid, "From": "+1", "To": "+15550100", "CallStatus": "ringing"}
        status, _, text = await self.client.post(path, form)
        assert status == 200
        return text


@asynccontextmanager
async def office(
    fleet: Fleet, archive: Archive, session: aiohttp.ClientSession, limit: int | None
) -> AsyncIterator[Office]:
    seat = Seat(fleet, fleet.roster.assign(), 1)
    vendors = no_vendors()
    made = board(vendors, archive, admission=Admission(limit))
    runner = web.AppRunner(application(made, Gatekeeper("token"), Tickets("s"), seat), shutdown_timeout=0.1)
    await runner.setup()
    assert runner.server is not None
    seat.open(made, runner.server)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Office(seat, made, Client("http://{}:{}".format(*runner.addresses[0][:2]), session))
    await made.close()
    seat.close()
    await runner.cleanup()
    await vendors.close()


@asynccontextmanager
async def offices(
    count: int, archive: Archive | None = None, limit: int | None = None
) -> AsyncIterator[list[Office]]:
    fleet = Fleet.of(count)
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        kept = archive or Archive()
        yield [await stack.enter_async_context(office(fleet, kept, session, limit)) for _ in range(count)]
    fleet.mailboxes.close()


async def test_calls_spread_wherever_they_come_in() -> None:
    async with offices(3) as (first, *others):
        for number in range(6):
            text = await first.voice(number)
            slot = next(one.seat.slot for one in (first, *others) if facts(number).sid in one.board.calls)
            assert f'/twilio/media/{slot}"' in text
            assert f'action="/twilio/next/{slot}#' in text
        assert [len(one.board.calls) for one in (first, *others)] == [2, 2, 2]
        ready = '{"status": "ready", "calls": 6, "workers": 3, "ready": 3}'
        assert await first.client.get("/readyz") == (200, ready)


async def test_a_burst_spreads_too() -> None:
    async with offices(2) as (first, second):
        await asyncio.gather(*(first.voice(number) for number in range(10)))
        assert [len(one.board.calls) for one in (first, second)] == [5, 5]


async def test_a_repeated_webhook_finds_its_call() -> None:
    async with offices(2) as (first, second):
        await first.voice(1)
        await second.voice(1)
        await second.voice(2)
        await first.voice(2)
        assert [list(one.board.calls) for one in (first, second)] == [[facts(1).sid], [facts(2).sid]]


async def test_a_status_ends_a_call_wherever_it_comes() -> None:
    archive = Archive()
    async with offices(2, archive) as (first, second):
        await first.voice(1)
        form = {"CallSid": facts(1).sid, "CallStatus": "completed"}
        assert (await second.client.post("/twilio/status", form))[0] == 204
        assert archive.outcomes[facts(1).sid].kind == "caller-hung-up"


async def test_only_when_all_are_full_a_caller_is_refused() -> None:
    async with offices(2, limit=1) as (first, second):
        assert "<Connect" in await first.voice(1)
        assert "<Connect" in await first.voice(2)
        assert (await second.client.get("/readyz"))[0] == 503
        assert "<Connect" not in await first.voice(3)
        assert second.seat.readiness() == ("full", 2)
        await first.board.close()
        first.seat.drain()
        assert first.seat.readiness()[0] == "draining"


async def test_without_a_limit_there_is_room() -> None:
    async with offices(1) as (only,):
        assert only.seat.roster.standing(0).room == UNLIMITED
    async with offices(1, limit=5) as (only,):
        await only.voice(1)
        assert only.seat.roster.standing(0).room == 4


async def test_a_call_is_remembered_where_its_end_is_known_by_heart() -> None:
    async with offices(2) as (first, second):
        session = first.board.ring(facts(1), bare_line())
        await first.voice(1)
        session.end(COMPLETED)
        await session.over()
        await asyncio.sleep(REMEMBERED / 2)
        assert second.seat.roster.owner(facts(1).sid) == 0
        assert "<Hangup" in await second.voice(1)
        await asyncio.sleep(REMEMBERED)
        assert second.seat.roster.owner(facts(1).sid) is None


async def test_calls_that_a_dead_worker_left_are_closed_by_its_successor() -> None:
    archive = Archive()
    fleet = Fleet.of(1)
    fleet.roster.books(0).add("lost")
    async with aiohttp.ClientSession() as session, office(fleet, archive, session, None):
        await asyncio.sleep(GRACE + 1)
    assert archive.outcomes == {"lost": ABANDONED}
    fleet.mailboxes.close()


async def test_an_unknown_letter_does_no_harm() -> None:
    async with offices(1) as (only,):
        fleet_box = only.seat._mailbox
        assert isinstance(fleet_box, Mailbox)
        assert fleet_box.send(0, HEAD.pack(b"X", 0, 0))
        await asyncio.sleep(0.1)
        assert "<Connect" in await only.voice(1)


async def test_a_closed_seat_is_left() -> None:
    async with offices(1) as (only,):
        roster = only.seat.roster
        assert roster.standing(0).state is State.READY
    assert roster.standing(0).state is State.LEFT
