"""A WebSocket of deepgram-sdk, carried by aiohttp.

The SDK builds the URL and the credentials; its own carrier (``websockets.legacy``) builds a TLS context for
each connection, which blocks the loop for some 25 ms, and compresses every packet. This one shares the
process's session: one TLS context, no compression, dead peers noticed by ping.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from processors.errors import VendorError, VendorUnavailable, refusal

OPEN_TIMEOUT = 5.0
"""Seconds until a handshake without an answer counts as failed."""

CLOSE_TIMEOUT = 0.5
"""Seconds for the peer to answer our close; the call is over, nobody should wait."""

PING_EVERY = 20.0
"""Seconds between pings; a peer that does not answer within half of it is closed (RFC 6455 section 5.5.2)."""

MAX_MESSAGE = 4 * 2**20
"""Bytes. Far above any transcript or audio chunk."""

KEY_REMEDY = "check DEEPGRAM_API_KEY and that its project may use this model"


class SocketClosed(Exception):
    """Deepgram (or the network) closed the socket.

    Args:
        code: WebSocket close code; 1006 when the connection was lost.
        reason: Deepgram's token, such as ``NET-0001`` or ``DATA-0000``; empty when it gave none.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code}" + (f" {reason}" if reason else ""))
        self.code = code
        self.reason = reason


class DeepgramSocket:
    """What deepgram-sdk calls an async transport. Made closed; :meth:`open` connects it."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url
        self._headers = headers
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._transport: asyncio.Transport | None = None

    async def open(self, session: aiohttp.ClientSession) -> None:
        """Connect.

        Raises:
            VendorError: the handshake was refused, timed out or found nobody.
        """
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                self._ws = await session.ws_connect(
                    self._url,
                    headers=self._headers,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                    heartbeat=PING_EVERY,
                    compress=0,
                    max_msg_size=MAX_MESSAGE,
                )
                # aiohttp shows no way to drop a connection but to close it.
                self._transport = self._ws._writer.transport
        except aiohttp.WSServerHandshakeError as error:
            raise _refusal(error) from error
        except TimeoutError as error:
            raise VendorUnavailable("Deepgram", f"did not answer within {OPEN_TIMEOUT:.0f} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise VendorUnavailable("Deepgram", f"cannot be reached ({type(error).__name__})") from error

    @property
    def is_open(self) -> bool:
        # aiohttp notices a lost connection when it next receives.
        lost = self._transport is None or self._transport.is_closing()
        return self._ws is not None and not (self._ws.closed or lost)

    async def send(self, data: str | bytes) -> None:
        """Send one message.

        Raises:
            SocketClosed: the socket is not open (any more).
        """
        if self._ws is None or self._ws.closed:
            raise self._closed()
        try:
            if isinstance(data, bytes):
                await self._ws.send_bytes(data)
            else:
                await self._ws.send_str(data)
        except (aiohttp.ClientError, OSError) as error:
            raise SocketClosed(1006, type(error).__name__) from error

    def send_at_once(self, data: bytes) -> bool:
        """Send one message if nothing stands in its way; says whether it is sent.

        50 times a second, this is a task less to wake. While the connection's buffer is empty aiohttp writes
        without waiting, so the first step of its coroutine is the last.
        """
        ws, transport = self._ws, self._transport
        if ws is None or ws.closed or transport is None or transport.get_write_buffer_size():
            return False
        try:
            ws.send_bytes(data).send(None)
        except StopIteration:
            return True
        except (aiohttp.ClientError, OSError):
            return False  # who sends it again is told why
        raise AssertionError("aiohttp waited to write to an empty buffer")

    async def recv(self) -> str | bytes:
        """The next message.

        Raises:
            SocketClosed: the socket is not open (any more).
        """
        if self._ws is None:
            raise self._closed()
        message = await self._ws.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            data: str | bytes = message.data
            return data
        if message.type is aiohttp.WSMsgType.CLOSE:
            raise SocketClosed(message.data or 1005, message.extra or "")
        raise self._closed()

    def go_on(self) -> None:
        """Undo that :meth:`recv` was cancelled, which aiohttp takes for the loss of the connection."""
        if self._ws is not None and not self._ws.closed:
            self._ws._close_code = None

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while True:
            try:
                yield await self.recv()
            except SocketClosed:
                return

    async def close(self) -> None:
        """Close in good order, but not for long: a stalled peer does not even take our close frame."""
        if self._ws is None:
            return
        try:
            async with asyncio.timeout(2 * CLOSE_TIMEOUT):
                await self._ws.close()
        except TimeoutError:
            pass
        finally:
            if self._ws.close_code in (None, aiohttp.WSCloseCode.ABNORMAL_CLOSURE):
                # A closed transport is kept until all is written, which a stalled peer can put off for ever.
                self.abort()

    def abort(self) -> None:
        """Cut the connection at once; whoever receives finds it closed."""
        if self._transport is not None:
            self._transport.abort()

    def _closed(self) -> SocketClosed:
        code = self._ws.close_code if self._ws is not None else None
        return SocketClosed(code or 1006, "")


def transport_factory(url: str, headers: dict[str, Any]) -> DeepgramSocket:
    """What ``AsyncDeepgramClient(transport_factory=...)`` takes; the SDK allows one a process."""
    return DeepgramSocket(url, {name: str(value) for name, value in headers.items()})


def _refusal(error: aiohttp.WSServerHandshakeError) -> VendorError:
    # The reason stands in a header; the body of a refused upgrade is not kept (Deepgram: STT errors).
    reason = error.headers.get("dg-error", "") if error.headers else ""
    return refusal("Deepgram", error.status, reason, KEY_REMEDY)
