"""A socket to Deepgram that waits for a call: kept open, watched, and given away or closed in good order."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import aiohttp

from processors.deepgram import Socket
from processors.deepgram_socket import SocketClosed
from processors.g711 import BYTES_PER_MS, SILENCE
from processors.socket_recipe import Kind

PREROLL = [SILENCE * 100 * BYTES_PER_MS] * 10
"""A second of silence, in messages of the size that Deepgram asks for.

A ``KeepAlive`` alone does not keep a listening socket: audio must come within 10 s of its opening (Deepgram:
STT troubleshooting, NET-0001), and enough of it for a result (NET-0000), which comes about once a second.
Words are timed by the audio that was sent, not by the age of the socket (audio keep alive), and audio is what
is billed.
"""

KEEP_ALIVE_EVERY = 4.0
"""Seconds. Every 3 to 5 s, says Deepgram (audio keep alive); after 10 s of nothing it closes (NET-0001)."""

KEEP_ALIVE = '{"type":"KeepAlive"}'

FAREWELL: dict[Kind, str] = {"listen": '{"type":"CloseStream"}', "speak": '{"type":"Close"}'}

OLDEST = 600.0
"""Seconds after which a socket is replaced.

Aura closes an hour after the handshake, busy or not (streaming text-to-speech, NET-0003): a call that takes
one has 50 minutes left. No idle limit is named for Aura; Flux, its successor, closes after 60 s without a
message or a ping (NET-0004), and our sockets ping every 20 s. A listening socket has no limit but that of
``KeepAlive``; it is replaced because a network does not always say that a connection is lost.
"""

JITTER = 0.2
"""Part by which a socket's age may be less, so that those of a process are not all replaced at once."""

CLOSE_LIMIT = 0.5
"""Seconds that taking leave may take."""


class WarmSocket:
    """Waits from the moment it is made.

    Args:
        kind: what the socket is for.
        socket: an open one.
        over: told once if it waits no more though nobody took it: with why the vendor closed it, or None when
            it is merely old. It is still to be closed.
    """

    def __init__(
        self, kind: Kind, socket: Socket, over: Callable[["WarmSocket", SocketClosed | None], None]
    ) -> None:
        self.kind = kind
        self._socket = socket
        self._over = over
        self._waiting = asyncio.create_task(self._wait(), name="warm socket")

    async def give(self) -> Socket | None:
        """The socket, for good; None if it is dead. Then, or if cancelled, it is still to be closed."""
        await self._stop()
        return self._socket if self._socket.is_open else None

    async def close(self) -> None:
        """Take leave, or just leave if that takes too long."""
        await self._stop()
        with suppress(TimeoutError, SocketClosed, aiohttp.ClientError, OSError):
            async with asyncio.timeout(CLOSE_LIMIT):
                if self._socket.is_open:
                    await self._socket.send(FAREWELL[self.kind])
                await self._socket.close()

    async def _stop(self) -> None:
        self._waiting.cancel()
        await asyncio.wait([self._waiting])
        self._socket.go_on()

    async def _wait(self) -> None:
        closed = None
        try:
            async with asyncio.timeout(OLDEST * random.uniform(1 - JITTER, 1)):
                await self._stay()
        except TimeoutError:
            pass
        except SocketClosed as why:
            closed = why
        self._over(self, closed)

    async def _stay(self) -> None:
        """Until the vendor closes. What it says meanwhile concerns nobody."""
        listens = self.kind == "listen"
        for audio in PREROLL if listens else ():
            self._socket.preroll += len(audio)
            await self._socket.send(audio)
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_EVERY if listens else None):
                    while True:
                        await self._socket.recv()
            except TimeoutError:
                self._socket.go_on()
                await self._socket.send(KEEP_ALIVE)
