"""A socket lets go of a peer that does not."""

import asyncio
from contextlib import suppress

import aiohttp
import pytest

from processors.deepgram_socket import CLOSE_TIMEOUT, DeepgramSocket, SocketClosed
from tests.processors.listening import ears, listening
from trunkline.sandbox.listen import ListenEmulator

LINE = "model=nova-3&encoding=mulaw&sample_rate=8000"


async def opened(url: str, session: aiohttp.ClientSession) -> DeepgramSocket:
    socket = DeepgramSocket(f"{url}/v1/listen?{LINE}", {"Authorization": "Token secret"})
    await socket.open(session)
    return socket


async def stuff(socket: DeepgramSocket) -> None:
    """Send until nothing more goes out."""
    with suppress(SocketClosed):
        while True:
            await socket.send(bytes(2**20))


async def test_closing_a_connection_that_the_peer_does_not_read_ends_and_frees_it() -> None:
    emulator = ListenEmulator(ears)
    async with listening(emulator) as url, aiohttp.ClientSession() as session:
        socket = await opened(url, session)
        emulator.stall(3600)
        stuffing = asyncio.create_task(stuff(socket))
        await asyncio.sleep(0.1)
        assert not stuffing.done()
        transport = socket._transport
        assert transport is not None
        before = asyncio.get_running_loop().time()
        await socket.close()
        assert asyncio.get_running_loop().time() - before <= 2 * CLOSE_TIMEOUT + 0.01
        await asyncio.sleep(0.1)
        assert transport.get_extra_info("socket").fileno() == -1
        stuffing.cancel()
        await asyncio.gather(stuffing, return_exceptions=True)


async def test_aborting_wakes_whoever_receives() -> None:
    async with listening(ListenEmulator(ears)) as url, aiohttp.ClientSession() as session:
        socket = await opened(url, session)
        receiving = asyncio.create_task(socket.recv())
        await asyncio.sleep(0.1)
        socket.abort()
        with pytest.raises(SocketClosed) as caught:
            await receiving
        assert caught.value.code == 1006
        assert not socket.is_open
        await socket.close()


async def test_a_connection_that_was_lost_is_not_open_though_nobody_has_received_it() -> None:
    emulator = ListenEmulator(ears)
    async with listening(emulator) as url, aiohttp.ClientSession() as session:
        socket = await opened(url, session)
        assert socket.is_open
        await emulator.drop()
        await asyncio.sleep(0.1)
        assert not socket.is_open
        await socket.close()


@pytest.mark.parametrize("goes_on", [False, True])
async def test_after_receiving_was_cancelled_a_socket_is_closed_well_if_it_is_told_to_go_on(
    goes_on: bool,
) -> None:
    emulator = ListenEmulator(ears)
    async with listening(emulator) as url, aiohttp.ClientSession() as session:
        socket = await opened(url, session)
        receiving = asyncio.create_task(socket.recv())
        await asyncio.sleep(0.1)
        receiving.cancel()
        await asyncio.wait([receiving])
        if goes_on:
            socket.go_on()
        await socket.send('{"type":"Nonsense"}')
        assert "SchemaError" in str(await socket.recv())
        await socket.close()
        await asyncio.sleep(0.1)
        assert not emulator.open
        assert socket._ws is not None
        assert socket._ws.close_code == (1000 if goes_on else 1006)


async def test_a_socket_that_was_never_opened() -> None:
    socket = DeepgramSocket("ws://127.0.0.1:9", {})
    socket.abort()
    socket.go_on()
    assert not socket.is_open
    await socket.close()
    with pytest.raises(SocketClosed):
        await socket.send("x")
