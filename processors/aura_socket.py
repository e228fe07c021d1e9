"""One socket to Aura: sending never waits, and what comes is told apart."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import aiohttp
import orjson
from deepgram.speak.v1.types import SpeakV1Text

from processors.deepgram import Socket
from processors.deepgram_socket import SocketClosed
from processors.speak_fence import Fence
from processors.speak_limits import SpeakLimits, pieces

STALLED = 0.4
"""Seconds that one message may take to be sent before the socket counts as stuck."""

CLOSE_LIMIT = 0.5
"""Seconds that taking leave may take."""

LONGEST_REASON = 200
"""Characters of a warning that are worth a line of the log."""

Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Starts a task that its owner watches over."""


class Listener(Protocol):
    """Who is told what comes. Nothing of it waits."""

    def audio_came(self, socket: "AuraSocket", audio: bytes) -> None: ...

    def flushed(self, socket: "AuraSocket") -> None:
        """All audio of the oldest Flush has come."""

    def cleared(self, socket: "AuraSocket") -> None:
        """What was cancelled is over."""

    def warned(self, code: str, description: str) -> None: ...

    def closed(self, socket: "AuraSocket", why: SocketClosed) -> None: ...


class AuraSocket:
    """An open socket, its limits and its fence.

    Args:
        socket: where it goes.
        listener: who is told what comes.
        spawn: starts the two tasks that read and write.
    """

    def __init__(self, socket: Socket, listener: Listener, spawn: Spawn) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = socket
        self._listener = listener
        self._outbox: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._sending_since: float | None = None
        self.limits = SpeakLimits(socket.opened_at)
        self.fence = Fence()
        self._tasks = [spawn(self._read(), "read"), spawn(self._write(), "write")]

    @property
    def is_stalled(self) -> bool:
        since = self._sending_since
        return since is not None and self._loop.time() - since >= STALLED

    def speak(self, text: str) -> None:
        self.limits.spoke(len(text), self._loop.time())
        for piece in pieces(text):
            self._outbox.put_nowait(partial(self._socket.client.send_text, SpeakV1Text(text=piece)))

    def flush(self) -> None:
        self.limits.flushed(self._loop.time())
        self._outbox.put_nowait(self._socket.client.send_flush)

    def clear(self) -> None:
        """Cancel all that was sent: not a byte of it is told to the listener from here on."""
        self.fence.clear(self._loop.time())
        while not self._outbox.empty():
            self._outbox.get_nowait()
        self._outbox.put_nowait(self._socket.client.send_clear)

    async def close(self) -> None:
        """Take leave, or just leave if that takes too long."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        with suppress(TimeoutError, SocketClosed, aiohttp.ClientError, OSError):
            async with asyncio.timeout(CLOSE_LIMIT):
                if self._sending_since is None and self._socket.is_open:
                    await self._socket.client.send_close()
                await self._socket.close()

    async def _write(self) -> None:
        with suppress(SocketClosed):
            while True:
                send = await self._outbox.get()
                self._sending_since = self._loop.time()
                await send()
                self._sending_since = None

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._socket.recv())
        except SocketClosed as why:
            self._listener.closed(self, why)

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._take_answer(message)
        elif self.fence.is_up:
            self.fence.stale(self._loop.time())
        elif message:
            self._listener.audio_came(self, message)

    def _take_answer(self, text: str) -> None:
        # By its type, in JSON: the SDK takes Cleared for Flushed, and loses what it does not know.
        try:
            answer = orjson.loads(text)
        except orjson.JSONDecodeError:
            answer = None
        match answer:
            case {"type": "Flushed"} if not self.fence.is_up:
                self._listener.flushed(self)
            case {"type": "Cleared"} if self.fence.is_up:
                self.fence.cleared(self._loop.time())
                self._listener.cleared(self)
            case {"type": "Warning" | "Error"}:
                code = answer.get("code") or answer.get("warn_code") or answer.get("err_code") or ""
                reason = answer.get("description") or answer.get("warn_msg") or answer.get("err_msg") or ""
                self._listener.warned(str(code), str(reason)[:LONGEST_REASON])
            case {"type": str()}:
                pass
            case _:
                self._listener.warned("not a message", f"{len(text)} characters that are no JSON message")
