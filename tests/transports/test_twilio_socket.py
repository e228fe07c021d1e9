"""A carrier's socket is read in order, and closed with a reason that the carrier hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web

from tests.transports.playout import START
from transports.errors import RemoteProtocolError
from transports.media_streams import Event, Mark, Start
from transports.twilio_socket import (
    CLOSE_LIMIT,
    SECOND_LOOK,
    SILENCE_LIMIT,
    START_LIMIT,
    TwilioSocket,
    websocket,
)

STOP = '{"event":"stop","streamSid":"MZ1"}'
MARK = '{"event":"mark","streamSid":"MZ1","mark":{"name":"1"}}'


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[TwilioSocket, aiohttp.ClientWebSocketResponse]]:
    """Both ends of a socket: ours, and the carrier's without any manners."""
    ours: asyncio.Future[TwilioSocket] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        ws = websocket()
        await ws.prepare(request)
        ours.set_result(TwilioSocket(ws, request))
        await done.wait()
        return ws

    app = web.Application()
    app.add_routes([web.get("/", handle)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, autoclose=False) as ws:
            yield await ours, ws
    finally:
        done.set()
        await runner.cleanup()


async def nothing(_: Event) -> None:
    pass


async def last(ws: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
    """The message that ends the socket."""
    while (message := await ws.receive()).type is aiohttp.WSMsgType.TEXT:
        pass
    return message


async def test_a_stream_starts_and_its_events_come_in_order() -> None:
    async with connected() as (socket, ws):
        await ws.send_str('{"event":"connected"}')
        await ws.send_str('{"event":"weather"}')
        await ws.send_str(START.decode())
        start = await socket.start()
        assert isinstance(start, Start)
        assert start.call_sid == "CA1"
        events: list[Event] = []

        async def receive(event: Event) -> None:
            events.append(event)

        for text in (MARK, '{"event":"weather"}', STOP):
            await ws.send_str(text)
        assert await socket.read(receive)
        assert events == [Mark("1")]
        await ws.close()


async def test_a_carrier_that_never_starts_is_not_waited_for() -> None:
    async with connected() as (socket, ws):
        began = asyncio.get_running_loop().time()
        with pytest.raises(RemoteProtocolError, match="no start within 10 s") as error:
            await socket.start()
        assert asyncio.get_running_loop().time() - began == pytest.approx(START_LIMIT, abs=0.1)
        assert error.value.close_code == 1008
        await ws.close()


async def test_a_carrier_that_leaves_is_no_error() -> None:
    async with connected() as (socket, ws):
        await ws.close()
        assert await socket.start() is None
    async with connected() as (socket, ws):
        await ws.send_str(START.decode())
        await socket.start()
        await ws.close()
        assert not await socket.read(nothing)


async def test_our_close_is_heard_although_sound_keeps_coming() -> None:
    async with connected() as (socket, ws):
        await ws.send_str(START.decode())
        await socket.start()
        reading = asyncio.create_task(socket.read(nothing))
        talking = asyncio.create_task(talk(ws))
        await asyncio.sleep(0.2)
        closing = asyncio.create_task(socket.close(1000, "the call is over"))
        message = await last(ws)
        assert (message.data, message.extra) == (1000, "the call is over")
        talking.cancel()
        await ws.close()
        await closing
        assert not await reading


async def talk(ws: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        await ws.send_str(MARK)
        await asyncio.sleep(0.005)


async def test_the_first_close_counts_and_all_wait_for_it() -> None:
    async with connected() as (socket, ws):
        first = asyncio.create_task(socket.close(1008, "é" * 100))
        second = asyncio.create_task(socket.close(1000, "again"))
        message = await last(ws)
        assert message.data == 1008
        assert message.extra == "é" * 60  # a reason has 123 bytes at most (RFC 6455 section 5.5)
        assert not second.done()
        await ws.close()
        await asyncio.gather(first, second)


async def test_a_peer_that_does_not_answer_a_close_is_cut_off() -> None:
    async with connected() as (socket, ws):
        began = asyncio.get_running_loop().time()
        await socket.close(1000, "over")
        assert asyncio.get_running_loop().time() - began <= 2 * CLOSE_LIMIT
        await last(ws)
        assert (await ws.receive()).type is not aiohttp.WSMsgType.TEXT


async def test_a_peer_that_takes_nothing_is_cut_off_as_well() -> None:
    async with connected() as (socket, _):
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while True:
                    await socket.send("x" * 60_000)
        began = asyncio.get_running_loop().time()
        await socket.close(1008, "stalled")
        assert asyncio.get_running_loop().time() - began <= 2 * CLOSE_LIMIT
        assert socket._transport is not None
        assert socket._transport.is_closing()


async def test_a_peer_that_falls_silent_counts_as_lost() -> None:
    async with connected() as (socket, ws):
        await ws.send_str(START.decode())
        await socket.start()
        began = asyncio.get_running_loop().time()
        assert not await socket.read(nothing)
        quiet = asyncio.get_running_loop().time() - began
        assert quiet == pytest.approx(SILENCE_LIMIT + SECOND_LOOK, abs=0.1)
        assert socket.is_silent


async def test_what_has_come_while_our_own_loop_stood_still_is_read() -> None:
    async with connected() as (socket, ws):
        await ws.send_str(START.decode())
        await socket.start()
        reading = asyncio.create_task(socket.read(nothing))
        await asyncio.sleep(SILENCE_LIMIT - 0.1)
        await ws.send_str('{"event":"mark","mark":{"name":"m"}}')
        asyncio.get_running_loop().jump(1)  # type: ignore[attr-defined]
        await asyncio.sleep(1)
        assert not reading.done()
        await socket.close()
        await reading


@pytest.mark.parametrize(
    ("data", "binary", "code"), [(b"x" * 70_000, False, 1009), (b"{", False, 1007), (b"\x00", True, 1003)]
)
async def test_what_breaks_the_protocol_is_raised_with_its_code(data: bytes, binary: bool, code: int) -> None:
    async with connected() as (socket, ws):
        await ws.send_frame(data, aiohttp.WSMsgType.BINARY if binary else aiohttp.WSMsgType.TEXT)
        with pytest.raises(RemoteProtocolError) as error:
            await socket.start()
        assert error.value.close_code == code
