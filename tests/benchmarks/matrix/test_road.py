"""Each trouble is what it says, to those it concerns, for as long as it lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from benchmarks.matrix.road import CUT_AFTER, DELAY, Road, Trouble

ANSWER = "word " * 1000


@asynccontextmanager
async def road() -> AsyncIterator[tuple[Road, aiohttp.ClientSession]]:
    """To a server that answers, and says everything back on a WebSocket."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=ANSWER)

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    app = web.Application()
    app.add_routes([web.get("/text", answer), web.get("/socket", echo)])
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with (
            Road("http://127.0.0.1:{1}".format(*runner.addresses[0])) as made,
            aiohttp.ClientSession() as session,
        ):
            yield made, session
    finally:
        await runner.cleanup()


async def fetch(road: Road, session: aiohttp.ClientSession) -> tuple[int, str]:
    async with session.get(f"{road.url}/text") as response:
        return response.status, await response.text()


async def test_without_trouble_nothing_is_changed() -> None:
    async with road() as (made, session):
        assert await fetch(made, session) == (200, ANSWER)


@pytest.mark.parametrize(("trouble", "status"), [("401", 401), ("429", 429), ("5xx", 503)])
async def test_a_status_is_answered_until_the_trouble_is_over(trouble: str, status: int) -> None:
    async with road() as (made, session):
        assert await fetch(made, session) == (200, ANSWER)
        await made.begin(Trouble(trouble))
        assert (await fetch(made, session))[0] == status
        await made.clear()
        assert await fetch(made, session) == (200, ANSWER)


@pytest.mark.parametrize("trouble", [Trouble.REFUSED, Trouble.KILLED, Trouble.CUT, Trouble.GARBAGE])
async def test_a_broken_road_breaks_what_travels_on_it(trouble: Trouble) -> None:
    async with road() as (made, session):
        await made.begin(trouble)
        with pytest.raises(aiohttp.ClientError):
            await fetch(made, session)
        await made.clear()
        assert await fetch(made, session) == (200, ANSWER)


async def test_an_answer_is_cut_in_its_middle() -> None:
    async with road() as (made, session):
        await made.begin(Trouble.CUT)
        async with session.get(f"{made.url}/text") as response:
            with pytest.raises(aiohttp.ClientError):
                await response.read()
    assert len(ANSWER) > CUT_AFTER


async def test_a_slow_road_is_late_each_way_and_loses_nothing() -> None:
    async with road() as (made, session), session.ws_connect(f"{made.url}/socket") as socket:
        await made.begin(Trouble.SLOW)
        began = asyncio.get_running_loop().time()
        for word in ("one", "two"):
            await socket.send_str(word)
        assert [await socket.receive_str(), await socket.receive_str()] == ["one", "two"]
        assert asyncio.get_running_loop().time() - began == pytest.approx(2 * DELAY, abs=0.1)


async def test_a_silent_road_swallows_everything_and_stays_open() -> None:
    async with road() as (made, session), session.ws_connect(f"{made.url}/socket") as socket:
        await made.begin(Trouble.SILENT)
        await socket.send_str("one")
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=30)
        assert not socket.closed


async def test_an_open_connection_is_lost_when_the_road_closes() -> None:
    async with road() as (made, session), session.ws_connect(f"{made.url}/socket") as socket:
        await made.begin(Trouble.REFUSED, "/other")
        await socket.send_str("one")
        assert await socket.receive_str() == "one"
        await made.begin(Trouble.REFUSED, "/socket")
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
