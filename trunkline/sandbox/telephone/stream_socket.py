"""The WebSocket on which the carrier offers a call's sound, and its handshake."""

import asyncio
import socket
import struct
from typing import cast

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.connector import AddrInfoType
from yarl import URL

from trunkline.sandbox.telephone.faults import Signature
from trunkline.sandbox.telephone.reach import Reach
from trunkline.sandbox.telephone.signing import Signer

CONNECTION_TIMEOUT, TLS_FAILURE, HANDSHAKE_FAILURE, INVALID_URL = 31901, 31910, 31920, 31922

HANDSHAKE_TIMEOUT = 10.0
"""Seconds. How long Twilio waits is not documented."""

CLOSE_TIMEOUT = 2.0
"""Seconds for the customer to answer our close."""

RESET = struct.pack("ii", 1, 0)
"""``SO_LINGER`` with no time to linger: closing sends RST instead of FIN."""


RECEIVE_BUFFER = 32 * 1024
"""Bytes that the kernel keeps for us. With its own choice of some megabytes, a socket that nobody reads would
swallow minutes of speech before the other side could notice."""


class HandshakeFailed(Exception):
    """There is no stream.

    Args:
        code: the number in Twilio's error dictionary.
        message: what was found.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class StreamSocket(aiohttp.ClientWebSocketResponse[bool]):
    """A WebSocket that can break as networks break."""

    async def send_text(self, data: bytes) -> None:
        """Send a text frame, be it UTF-8 or not. A socket that is gone swallows it, as networks do."""
        await self._send(data, aiohttp.WSMsgType.TEXT)

    async def send_binary(self, data: bytes) -> None:
        """Send a binary frame. A socket that is gone swallows it."""
        await self._send(data, aiohttp.WSMsgType.BINARY)

    async def _send(self, data: bytes, kind: aiohttp.WSMsgType) -> None:
        try:
            await self.send_frame(data, kind)
        except (aiohttp.ClientError, OSError):
            return

    @property
    def is_congested(self) -> bool:
        """Whether the peer reads so slowly that the buffers before it are full, some seconds of sound."""
        connection = self._conn
        return (
            connection is not None and connection.protocol is not None and connection.protocol.writing_paused
        )

    def reset(self) -> None:
        """Reset the TCP connection, without a word."""
        transport = self._conn.transport if self._conn is not None else None
        if transport is None:
            return
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()
        self._response.close()


def narrow_socket(address: AddrInfoType) -> socket.socket:
    """A socket on which what is not read backs up soon."""
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    return made


async def refuse_redirects(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Client middleware: a handshake is not redirected, whatever aiohttp would do."""
    response = await handler(request)
    if "Upgrade" in request.headers and 300 <= response.status < 400:
        response.close()
        raise HandshakeFailed(HANDSHAKE_FAILURE, f"answered {response.status}, expected 101")
    return response


def check_url(url: str) -> None:
    """What can be said of a stream's URL before anything is sent there.

    ``ws:`` is taken, which Twilio does not: the sandbox speaks to servers that have no certificate.

    Raises:
        HandshakeFailed: the scheme is not a WebSocket's (31922), or there is a query (31920).
    """
    if not url.startswith(("wss://", "ws://")) or any(character.isspace() for character in url):
        raise HandshakeFailed(INVALID_URL, f"{url!r}: expected a wss: URL without white space")
    if "?" in url:
        raise HandshakeFailed(HANDSHAKE_FAILURE, "a stream's URL takes no query; send a <Parameter>")


async def open_socket(
    session: aiohttp.ClientSession, signer: Signer, reach: Reach, url: str, signature: Signature = "good"
) -> StreamSocket:
    """Connect to a customer's media server. The session must make :class:`StreamSocket`.

    Args:
        session: where the connection is made.
        signer: signs the URL alone, with its ``wss:`` (Twilio: Media Streams overview).
        reach: where the URL is really served.
        url: as it stands in the TwiML, or resolved if it was relative there.
        signature: whether the signature is valid.

    Raises:
        HandshakeFailed: the URL is not legal, nobody is there, or the answer is not 101.
    """
    check_url(url)
    headers = {"User-Agent": "Twilio.TmeWs/1.0"}
    signed = signer.sign(url, {}, signature)
    if signed is not None:
        headers["x-twilio-signature"] = signed
    try:
        where, more = reach.find(url)
        async with asyncio.timeout(HANDSHAKE_TIMEOUT):
            return await _connect(session, where, headers | more)
    except TimeoutError as error:
        raise HandshakeFailed(CONNECTION_TIMEOUT, f"no answer within {HANDSHAKE_TIMEOUT:g} s") from error
    except aiohttp.ClientSSLError as error:
        raise HandshakeFailed(TLS_FAILURE, str(error)) from error
    except aiohttp.WSServerHandshakeError as error:
        raise HandshakeFailed(HANDSHAKE_FAILURE, f"answered {error.status}, expected 101") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise HandshakeFailed(HANDSHAKE_FAILURE, f"cannot connect: {type(error).__name__}") from error


async def _connect(session: aiohttp.ClientSession, where: URL, headers: dict[str, str]) -> StreamSocket:
    # max_msg_size=0: how much Twilio takes in one message is not documented; decode_text=False: the codec
    # reads bytes.
    return cast(
        StreamSocket,
        await session.ws_connect(
            where,
            headers=headers,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
            max_msg_size=0,
            decode_text=False,
        ),
    )
