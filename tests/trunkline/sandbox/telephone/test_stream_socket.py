"""The handshake of a media stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import SO_RCVBUF, SOL_SOCKET

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.trunkline.sandbox.customer import Customer
from trunkline.sandbox.carrier import Carrier
from trunkline.sandbox.telephone.exchange import Exchange
from trunkline.sandbox.telephone.faults import Signature
from trunkline.sandbox.telephone.reach import Reach
from trunkline.sandbox.telephone.stream_socket import (
    RECEIVE_BUFFER,
    HandshakeFailed,
    StreamSocket,
    open_socket,
)


@asynccontextmanager
async def exchange(reach: Reach | None = None) -> AsyncIterator[Exchange]:
    async with Carrier(auth_token="token", origins=reach.origins if reach else {}) as carrier:
        yield carrier._exchange


async def connect(exchange: Exchange, url: str, signature: Signature = "good") -> StreamSocket:
    return await open_socket(exchange.session, exchange.signer, exchange.reach, url, signature)


async def test_the_url_is_signed_alone_under_a_lower_case_header() -> None:
    names: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()).strip():
            names.append(line.partition(b":")[0])
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server, exchange() as twilio:
        with pytest.raises(HandshakeFailed):
            await connect(twilio, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/media")
    assert b"x-twilio-signature" in names
    assert b"Sec-WebSocket-Extensions" not in names


@pytest.mark.parametrize(("quality", "valid"), [("good", True), ("forged", False), ("missing", False)])
async def test_the_signature_is_as_good_as_asked(quality: Signature, valid: bool) -> None:
    async with Customer() as customer, exchange() as twilio:
        socket = await connect(twilio, customer.media_url, quality)
        await socket.close()
    (stream,) = customer.streams
    signature = stream.headers.get("x-twilio-signature", "")
    assert RequestValidator("token").validate(customer.media_url, {}, signature) == valid
    assert ("x-twilio-signature" in stream.headers) == (quality != "missing")


async def test_a_public_stream_is_signed_with_its_public_url() -> None:
    async with Customer() as customer, exchange(Reach({"https://agent.example": customer.url("")})) as twilio:
        socket = await connect(twilio, "wss://agent.example/media")
        await socket.close()
    headers = customer.streams[0].headers
    assert (headers["Host"], headers["X-Forwarded-Proto"]) == ("agent.example", "https")
    signature = headers["x-twilio-signature"]
    assert RequestValidator("token").validate("wss://agent.example/media", {}, signature)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/media", 31922),
        ("wss://127.0.0.1/me dia", 31922),
        ("", 31922),
        ("wss://127.0.0.1/media?token=1", 31920),
        ("ws://127.0.0.1:1/media", 31920),
    ],
)
async def test_a_url_that_cannot_be_is_an_error(url: str, code: int) -> None:
    async with exchange() as twilio:
        with pytest.raises(HandshakeFailed) as caught:
            await connect(twilio, url)
    assert caught.value.code == code


@pytest.mark.parametrize("status", [403, 302, 200, 500])
async def test_any_answer_but_101_is_31920(status: int) -> None:
    async with Customer() as customer, exchange() as twilio:
        customer.refuse_media = status
        with pytest.raises(HandshakeFailed, match=str(status)) as caught:
            await connect(twilio, customer.media_url)
    assert caught.value.code == 31920
    assert customer.webhooks == []


async def test_no_answer_is_31901() -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    async with server, exchange() as twilio:
        with pytest.raises(HandshakeFailed) as caught:
            await connect(twilio, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/media")
        assert asyncio.get_running_loop().time() == pytest.approx(10, abs=0.1)
    assert caught.value.code == 31901


async def test_what_is_not_read_backs_up_after_some_kilobytes() -> None:
    async with Customer() as customer, exchange() as twilio:
        socket = await connect(twilio, customer.media_url)
        kernel = socket.get_extra_info("socket")
        # Linux doubles what it is asked for, for its own bookkeeping.
        assert kernel.getsockopt(SOL_SOCKET, SO_RCVBUF) <= 2 * RECEIVE_BUFFER
        await socket.close()


async def test_a_reset_is_not_a_close() -> None:
    async with Customer() as customer, exchange() as twilio:
        socket = await connect(twilio, customer.media_url)
        socket.reset()
        socket.reset()
        await customer.streams[0].until(lambda stream: stream.closed_with is not None)
        await socket.send_text(b"into the void")
        await socket.close()
    assert customer.streams[0].closed_with == 1006
