"""Health for whoever asks, and one sentence, never a traceback, for what goes wrong."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.trunkline.office import Archive, bare_line, board, facts, no_vendors
from tests.trunkline.server.gate import running, served
from trunkline.admission import Admission
from trunkline.errors import RequestRefused
from trunkline.server.app import SORRY, Handler, errors
from trunkline.vendors import Vendors


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    made = no_vendors()
    yield made
    await made.close()


async def test_health_tells_alive_from_ready(vendors: Vendors) -> None:
    made = board(vendors, Archive(), admission=Admission(1))
    async with served(made) as client:
        assert await client.get("/readyz") == (200, '{"status": "ready", "calls": 0, "limit": 1}')
        made.ring(facts(), bare_line())
        status, body = await client.get("/readyz")
        assert (status, body) == (503, '{"status": "full", "reason": "limit", "calls": 1, "limit": 1}')
        assert await client.get("/healthz") == (200, '{"status": "alive", "calls": 1}')
        await made.close()
        assert await client.get("/readyz") == (503, '{"status": "draining", "calls": 0, "limit": 1}')
        assert (await client.get("/healthz"))[0] == 200


async def broken(_: web.Request) -> web.Response:
    raise LookupError("a caller's word")


async def refused(_: web.Request) -> web.Response:
    raise RequestRefused("not now", status=409)


@pytest.mark.parametrize(
    ("handler", "path", "status", "text"),
    [
        (broken, "/twilio/voice", 200, SORRY),
        (broken, "/console", 500, "something went wrong here"),
        (refused, "/twilio/voice", 409, "not now\n"),
    ],
)
async def test_what_goes_wrong_is_said_in_a_sentence(
    handler: Handler, path: str, status: int, text: str
) -> None:
    app = web.Application(middlewares=[errors])
    app.add_routes([web.post(path, handler)])
    async with running(app) as client:
        found = await client.post(path, {})
        assert found[0] == status
        assert text in found[2]
        assert "Traceback" not in found[2]
        assert "a caller's word" not in found[2]
        assert (await client.get("/nothing"))[0] == 404
