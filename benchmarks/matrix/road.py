"""The road to a server, on which things go wrong: a TCP proxy with faults."""

import asyncio
import random
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

CHUNK = 16 * 2**10
"""Bytes read at once."""

HEAD_LIMIT = 64 * 2**10
"""Bytes of a request's head."""

DELAY = 2.0
"""Seconds by which a slow road delays what travels on it, each way."""

CUT_AFTER = 700
"""Bytes of an answer after which a road that breaks off does so."""

BUSY = b'{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}'

SEED = 20


class Trouble(StrEnum):
    """What goes wrong. Connections that are open when it begins are lost, unless it is of another sort."""

    REFUSED = "refuse"
    UNAUTHORISED = "401"
    BUSY = "429"
    BROKEN = "5xx"
    SLOW = "slow"
    """Everything is late; nothing is lost."""
    SILENT = "silent"
    """Everything is swallowed; connections stay open."""
    GARBAGE = "garbage"
    """Answers are noise."""
    CUT = "mid-word close"
    """Each answer is broken off."""
    KILLED = "kill -9"
    """Nobody listens any more."""


STATUSES = {
    Trouble.UNAUTHORISED: "401 Unauthorized",
    Trouble.BUSY: "429 Too Many Requests",
    Trouble.BROKEN: "503 Service Unavailable",
}

GOES_ON = (Trouble.SLOW, Trouble.SILENT, Trouble.GARBAGE, Trouble.CUT)
"""What happens to connections that are open already."""


class Road:
    """``async with Road(target) as road``: use :attr:`url` in place of the target's.

    Args:
        target: ``http://host:port`` of the server; may be changed.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.url = ""
        self._trouble: Trouble | None = None
        self._on = b""
        self._journeys: set[Journey] = set()
        self._random = random.Random(SEED)

    async def __aenter__(self) -> Self:
        await self._listen(0)
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for journey in list(self._journeys):
            journey.end()
        while self._journeys:
            await asyncio.wait({journey.task for journey in self._journeys if journey.task})

    async def begin(self, trouble: Trouble, path: str = "/") -> None:
        """From now on, whatever goes to a path that begins so is in trouble."""
        self._trouble, self._on = trouble, path.encode()
        if trouble is Trouble.KILLED:
            self._server.close()
        if trouble not in GOES_ON:
            for journey in [one for one in self._journeys if self.concerns(one.path)]:
                journey.end()

    async def clear(self) -> None:
        """Nothing is wrong any more."""
        was_killed = self._trouble is Trouble.KILLED
        was_silent = self._trouble is Trouble.SILENT
        if was_silent:  # what was swallowed does not come back: the connection is of no use
            for journey in [one for one in self._journeys if self.concerns(one.path)]:
                journey.end()
        self._trouble = None
        if was_killed:
            await self._listen(self._port)

    def concerns(self, path: bytes) -> bool:
        """Whether what goes to a path is in trouble."""
        return self._trouble is not None and (path.startswith(self._on) or self._trouble is Trouble.KILLED)

    def trouble(self, path: bytes) -> Trouble | None:
        return self._trouble if self.concerns(path) else None

    def noise(self, size: int) -> bytes:
        return self._random.randbytes(size)

    async def _listen(self, port: int) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=HEAD_LIMIT)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        journey = Journey(self, reader, writer)
        self._journeys.add(journey)
        try:
            await journey.travel()
        finally:
            self._journeys.discard(journey)


class Journey:
    """One connection."""

    def __init__(self, road: Road, reader: StreamReader, writer: StreamWriter) -> None:
        self.path = b""
        self.task: asyncio.Task[None] | None = asyncio.current_task()
        self._road = road
        self._reader, self._writer = reader, writer
        self._answered = 0

    def end(self) -> None:
        """Reset the connection."""
        self._writer.transport.abort()
        if self.task is not None:
            self.task.cancel()

    async def travel(self) -> None:
        with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            head = await self._reader.readuntil(b"\r\n\r\n")
            self.path = head.split(b" ", 2)[1]
            if await self._is_let_through():
                await self._carry(head)
        self._writer.transport.abort()

    async def _is_let_through(self) -> bool:
        match self._road.trouble(self.path):
            case Trouble.UNAUTHORISED | Trouble.BUSY | Trouble.BROKEN as trouble:
                self._writer.write(
                    f"HTTP/1.1 {STATUSES[trouble]}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(BUSY)}\r\nConnection: close\r\n\r\n".encode()
                    + BUSY
                )
                await self._writer.drain()
                self._writer.close()
                await self._writer.wait_closed()
                return False
            case Trouble.REFUSED | Trouble.KILLED:
                return False
        return True

    async def _carry(self, head: bytes) -> None:
        there = urlsplit(self._road.target)
        reader, writer = await asyncio.open_connection(there.hostname, there.port)
        try:
            writer.write(head)
            ways = [
                asyncio.create_task(self._there(writer)),
                asyncio.create_task(self._back(reader)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            writer.transport.abort()

    async def _there(self, writer: StreamWriter) -> None:
        async for data in _late(self._reader, self._is_slow):
            if self._road.trouble(self.path) is not Trouble.SILENT:
                writer.write(data)
                await writer.drain()

    async def _back(self, reader: StreamReader) -> None:
        async for data in _late(reader, self._is_slow):
            trouble = self._road.trouble(self.path)
            if trouble is Trouble.SILENT:
                continue
            if trouble is Trouble.CUT:
                data = data[: max(CUT_AFTER - self._answered, 0)]
                self._answered += len(data)
            if trouble is Trouble.GARBAGE:
                data = self._road.noise(len(data))
            self._writer.write(data)
            await self._writer.drain()
            if trouble is Trouble.CUT and self._answered >= CUT_AFTER:
                return

    def _is_slow(self) -> bool:
        return self._road.trouble(self.path) is Trouble.SLOW


async def _late(reader: StreamReader, is_slow):  # type: ignore[no-untyped-def]
    """What comes, in order; late while the road is slow."""
    loop = asyncio.get_running_loop()
    coming: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def read() -> None:
        while data := await reader.read(CHUNK):
            coming.put_nowait((loop.time() + (DELAY if is_slow() else 0.0), data))
        coming.put_nowait((loop.time(), b""))

    reading = asyncio.create_task(read())
    try:
        while True:
            due, data = await coming.get()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            if not data:
                return
            yield data
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
