"""A stream is let in by signature and ticket, and turned away with a close code that says why."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.calls.wire import start
from tests.trunkline.office import Archive, bare_line, board, facts, no_vendors
from tests.trunkline.server.gate import Client, served
from trunkline.life import COMPLETED, State
from trunkline.server.tickets import Tickets
from trunkline.switchboard import Switchboard
from trunkline.vendors import Vendors

SID = facts().sid


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = no_vendors()
    yield made
    await made.close()


@pytest.fixture
async def made(vendors: Vendors) -> AsyncIterator[Switchboard]:
    board_ = board(vendors, Archive())
    board_.ring(facts(), bare_line())
    yield board_
    await board_.close()


async def end(client: Client, ticket: str, sid: str = SID) -> tuple[int, str]:
    """How a stream is closed that starts with this ticket."""
    async with client.media() as ws:
        await ws.send_json(start(sid, ticket))
        message = await ws.receive()
        assert message.type is aiohttp.WSMsgType.CLOSE, message
        return message.data, message.extra


async def test_a_ticket_lets_a_stream_in(made: Switchboard) -> None:
    tickets = Tickets("secret")
    async with served(made, tickets) as client, client.media() as ws:
        await ws.send_json(start(SID, tickets.issue(SID)))
        await asyncio.sleep(0.05)
        session = made.calls[SID]
        assert session.state is State.LIVE
        session.end(COMPLETED)
        message = await ws.receive()
        assert (message.data, message.extra) == (1000, "the call is over")


async def test_who_has_none_is_turned_away(made: Switchboard) -> None:
    tickets = Tickets("secret")
    async with served(made, tickets) as client:
        assert await end(client, "x") == (1008, "the stream's ticket is missing or not one of ours")
        other = facts(2).sid
        assert await end(client, tickets.issue(other), other) == (
            1008,
            "the stream's call is over or unknown here",
        )
        async with client.session.get(f"{client.url}/twilio/media") as response:
            assert response.status == 403
        assert made.calls[SID].state is State.RINGING


async def test_a_fault_of_ours_is_not_told_in_detail(
    made: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("a caller's word")

    monkeypatch.setattr(made.calls[SID], "carry", broken)
    tickets = Tickets("secret")
    async with served(made, tickets) as client:
        assert await end(client, tickets.issue(SID)) == (1011, "something went wrong here")
