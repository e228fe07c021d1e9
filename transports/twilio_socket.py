"""A Media Streams WebSocket on aiohttp: opens, reads in order, and closes with the reason."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web
from loguru import logger

from transports.errors import RemoteProtocolError
from transports.media_streams import MAX_MESSAGE, Event, MediaStream, Start, Stop, Unknown

START_LIMIT = 10.0
"""Seconds from the handshake to ``start``; a peer that says nothing is no carrier."""

SILENCE_LIMIT = 5.0
"""Seconds without any message; Twilio sends a packet every 20 ms, silence or not."""

SECOND_LOOK = 0.25
"""Seconds in which what has come while our own loop stood still is read."""

CLOSE_LIMIT = 0.5
"""Seconds for the carrier to answer our close; then the connection is cut."""

SEND_BUFFER = 64 * 2**10
"""Bytes that the system keeps for a peer that stopped reading: six seconds of sound, not minutes."""


def websocket() -> web.WebSocketResponse:
    """An unopened socket with our limits: no compression, no pings (Twilio documents neither)."""
    return web.WebSocketResponse(
        timeout=CLOSE_LIMIT, compress=False, max_msg_size=MAX_MESSAGE, decode_text=False
    )


class TwilioSocket:
    """One carrier's socket, from the handshake to its end. Read by one task, closed by any.

    Args:
        ws: the socket.
        request: that opened it.
        protocol: what is spoken on it; Twilio's by default.
    """

    def __init__(
        self, ws: web.WebSocketResponse, request: web.BaseRequest, protocol: MediaStream | None = None
    ) -> None:
        self.protocol = protocol or MediaStream()
        self._ws = ws
        self._transport = request.transport
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._watchdog: asyncio.TimerHandle | None = None
        self._doubts = False
        self.is_silent = False
        """Whether nothing came any more: the peer may not know that the stream is over."""
        self._reading: asyncio.Timeout | None = None
        self._left = asyncio.Event()
        self._left.set()
        self._closing = False
        self._closed = asyncio.Event()
        self._bound()

    def _bound(self) -> None:
        connection = self._transport.get_extra_info("socket") if self._transport else None
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    async def start(self) -> Start | None:
        """Wait for the stream to start. None when the carrier went away before, or we closed.

        Raises:
            RemoteProtocolError: it did not start in time, or broke the protocol.
        """
        try:
            async with self._while_reading(START_LIMIT):
                while (event := await self._next()) is not None:
                    if isinstance(event, Start):
                        return event
        except TimeoutError:
            raise RemoteProtocolError(
                f"no start within {START_LIMIT:.0f} s of the handshake", close_code=1008
            ) from None
        return None

    async def read(self, receive: Callable[[Event], Awaitable[None]]) -> bool:
        """Hand over every event until the stream ends.

        Returns:
            Whether the carrier said ``stop``; a bare close, or silence, is a lost stream.

        Raises:
            RemoteProtocolError: the carrier broke the protocol.
        """
        self._watch()
        try:
            async with self._while_reading():
                while (event := await self._next()) is not None:
                    if type(event) is Stop:
                        return True
                    await receive(event)
        finally:
            if self._watchdog is not None:
                self._watchdog.cancel()
        return False

    async def send(self, text: str) -> None:
        await self._ws.send_str(text)

    async def close(self, code: int = WSCloseCode.OK, reason: str = "") -> None:
        """Close with a reason (at most 123 bytes: RFC 6455 section 5.5). The first close counts."""
        if self._closing:
            await self._closed.wait()
            return
        self._closing = True
        self.protocol.close()
        try:
            message = reason.encode()[:120].decode(errors="ignore").encode()
            async with asyncio.timeout(2 * CLOSE_LIMIT):
                await self._stop_reading()
                await self._ws.close(code=code, message=message)
        except TimeoutError:
            pass  # it does not even take our close
        except asyncio.CancelledError:
            # A send that timed out leaves aiohttp a cancelled future, on which every later one waits.
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
        finally:
            if self._transport is not None and self._ws.close_code in (None, WSCloseCode.ABNORMAL_CLOSURE):
                # A closed transport lives until all is written, which a stalled peer can put off for ever.
                self._transport.abort()
            self._closed.set()

    async def _stop_reading(self) -> None:
        """Take the reading task off the socket: only then does aiohttp wait for the answer to a close.

        Else the connection is cut with packets unread, and the peer may lose the close that we sent.
        """
        if self._reading is not None and not self._left.is_set():
            self._reading.reschedule(self._loop.time())
            await self._left.wait()

    @asynccontextmanager
    async def _while_reading(self, limit: float | None = None) -> AsyncIterator[None]:
        """Read inside of it: it ends, without an error, when we close the socket.

        Raises:
            TimeoutError: the limit (seconds) is over.
        """
        self._left.clear()
        try:
            async with asyncio.timeout(limit) as self._reading:
                yield
        except TimeoutError:
            if not self._closing:
                raise
        finally:
            self._left.set()

    async def _next(self) -> Event | None:
        while True:
            message = await self._ws.receive()
            self._heard_at = self._loop.time()
            if self._closing:
                return None  # what was on its way when we closed
            if message.type is WSMsgType.ERROR and isinstance(message.data, WebSocketError):
                # aiohttp refuses a message by its header already, before 10 MB of it are in memory.
                raise RemoteProtocolError(str(message.data), close_code=message.data.code)
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return None
            event = self.protocol.receive(message.data, binary=message.type is WSMsgType.BINARY)
            if not isinstance(event, Unknown):
                return event
            logger.debug("skipped a message of the unknown event {!r}", event.event)

    def _watch(self) -> None:
        """Cut a socket on which nothing comes any more: its peer is gone without a word."""
        quiet = self._loop.time() - self._heard_at
        if quiet < SILENCE_LIMIT:
            self._doubts = False
            self._watchdog = self._loop.call_later(SILENCE_LIMIT - quiet, self._watch)
        elif not self._doubts:
            self._doubts = True
            self._watchdog = self._loop.call_later(SECOND_LOOK, self._watch)
        elif self._transport is not None:
            self.is_silent = True
            logger.warning("the carrier sent nothing for {:.0f} s; the stream counts as lost", quiet)
            self._transport.abort()
