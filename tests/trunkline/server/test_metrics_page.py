"""Who may read the metrics: neighbours without a proxy between, or whoever knows the token."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.trunkline.server.gate import Client, running
from trunkline.metrics import Metrics, tally
from trunkline.server.app import errors
from trunkline.server.metrics_page import MetricsPage, is_neighbour


@asynccontextmanager
async def served(token: str = "", read: list[str] | None = None) -> AsyncIterator[Client]:
    def on_read() -> None:
        if read is not None:
            read.append("read")

    app = web.Application(middlewares=[errors])
    app.add_routes(MetricsPage(Metrics(["desk"], tally()), token, on_read).routes())
    async with running(app) as client:
        yield client


async def get(client: Client, headers: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    async with client.session.get(f"{client.url}/metrics", headers=headers) as response:
        return response.status, response.headers["Content-Type"], await response.text()


async def test_a_neighbour_may_read() -> None:
    read: list[str] = []
    async with served(read=read) as client:
        status, kind, body = await get(client)
        assert (status, read) == (200, ["read"])
        assert kind.startswith("text/plain; version=")
        assert 'trunkline_calls_live{line="desk"} 0.0' in body


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "x-real-ip", "Via"])
async def test_who_comes_through_a_proxy_may_not(name: str) -> None:
    read: list[str] = []
    async with served(read=read) as client:
        status, _, body = await get(client, {name: "127.0.0.1"})
        assert (status, read) == (403, [])
        assert "TRUNKLINE_METRICS_TOKEN" in body
        assert "calls_live" not in body


async def test_with_a_token_only_who_knows_it_may() -> None:
    async with served("s3cret") as client:
        assert (await get(client))[0] == 401
        assert (await get(client, {"Authorization": "Bearer s3cres"}))[0] == 401
        known = {"Authorization": "Bearer s3cret", "X-Forwarded-For": "203.0.113.9"}
        assert (await get(client, known))[0] == 200


@pytest.mark.parametrize(
    ("address", "near"),
    [
        (None, True),
        ("127.0.0.1", True),
        ("10.2.3.4", True),
        ("::1", True),
        ("::ffff:192.168.1.2", True),
        ("fd00::1", True),
        ("fe80::1%eth0", True),
        ("54.172.60.0", False),
        ("::ffff:54.172.60.0", False),
        ("2600:1f18::1", False),
        ("nonsense", False),
    ],
)
def test_neighbours_are_of_this_machine_or_a_private_network(address: str | None, near: bool) -> None:
    assert is_neighbour(address) is near
