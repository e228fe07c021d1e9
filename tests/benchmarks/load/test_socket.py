"""Frames, as a server reads them."""

import asyncio

import pytest
from aiohttp import WSMessage, WSMsgType, web
from aiohttp.test_utils import TestServer

from benchmarks.load.socket import frame

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 400, 65_535])
async def test_a_server_reads_the_frames(size: int) -> None:
    read: asyncio.Future[WSMessage] = asyncio.get_running_loop().create_future()

    async def listen(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        read.set_result(await socket.receive())
        return socket

    app = web.Application()
    app.add_routes([web.get("/", listen)])
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frame(b"x" * size))
        message = await read
        writer.close()
    assert (message.type, message.data) == (WSMsgType.TEXT, "x" * size)


def test_a_client_masks() -> None:
    assert frame(b"hello")[1] & 0x80
    assert frame(b"hello" * 100)[1] & 0x80
