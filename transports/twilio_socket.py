"""A Media Streams WebSocket on aiohttp: opens, reads in order, and closes with the reason."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import WebSocketError, WSCloseCode, WSMsgType, web
from loguru import logger

from transports.errors import RemoteProtocolError
from transports.media_streams import MAX_MESSAGE, Event, MediaStream, Start, Stop, Unknown

START_LIMIT = 10.0
"""Seconds from the handshake to ``start``; a peer that says nothing is no carrier."""

SILENCE_LIMIT = 20.0
"""Seconds without any message; Twilio sends a packet every 20 ms, silence or not."""

CLOSE_LIMIT = 1.0
"""Seconds for the carrier to answer our close."""


def websocket() -> web.WebSocketResponse:
    """An unopened socket with our limits: no compression, no pings (Twilio documents neither)."""
    return web.WebSocketResponse(
        timeout=CLOSE_LIMIT, compress=False, max_msg_size=MAX_MESSAGE, decode_text=False
    )


class TwilioSocket:
    """One carrier's socket, from the handshake to its end."""

    def __init__(self, ws: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self.protocol = MediaStream()
        self._ws = ws
        self._transport = request.transport
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._watchdog: asyncio.TimerHandle | None = None

    async def start(self) -> Start | None:
        """Wait for the stream to start. None when the carrier went away before.

        Raises:
            RemoteProtocolError: it did not start in time, or broke the protocol.
        """
        try:
            async with asyncio.timeout(START_LIMIT):
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
            while (event := await self._next()) is not None:
                if isinstance(event, Stop):
                    return True
                await receive(event)
            return False
        finally:
            if self._watchdog is not None:
                self._watchdog.cancel()

    async def send(self, text: str) -> None:
        await self._ws.send_str(text)

    async def close(self, code: int = WSCloseCode.OK, reason: str = "") -> None:
        """Close with a reason (at most 123 bytes: RFC 6455 section 5.5)."""
        self.protocol.close()
        message = reason.encode()[:120].decode(errors="ignore").encode()
        await self._ws.close(code=code, message=message)

    async def _next(self) -> Event | None:
        while True:
            message = await self._ws.receive()
            self._heard_at = self._loop.time()
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
        """Close a socket on which nothing comes any more: its peer is gone without a word."""
        quiet = self._loop.time() - self._heard_at
        if quiet < SILENCE_LIMIT:
            self._watchdog = self._loop.call_later(SILENCE_LIMIT - quiet, self._watch)
        elif self._transport is not None:
            logger.warning("the carrier sent nothing for {:.0f} s; the stream counts as lost", quiet)
            self._transport.close()
