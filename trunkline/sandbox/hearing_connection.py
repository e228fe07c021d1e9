"""One listening socket: audio and orders in, messages out, on time, until somebody closes."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import orjson
from aiohttp import WSMsgType, web

from processors import g711
from trunkline.sandbox.ears import BLOCK, Ears, Speech
from trunkline.sandbox.listen_faults import ListenFault

Message = dict[str, Any]

IDLE_S = 10.0
"""Seconds without audio or ``KeepAlive`` after which the socket is closed with ``NET-0001``."""

EARLY_S = 0.001
"""Seconds by which a timer may fire early."""

PROCESSING_S = 0.05
"""Seconds from the audio that decides a message to the message."""

CONTAINERS = (b"RIFF", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"ID3", b"\xff\xfb")
"""What audio in a container begins with."""

GARBAGE = '{"type":"Results","channel_index":[0,'


class Arrived(NamedTuple):
    """Something a client sent."""

    at: float
    """Loop time in seconds."""
    data: bytes


class Sent(NamedTuple):
    """A message the client was sent."""

    at: float
    """Loop time in seconds."""
    message: Message


@dataclass(frozen=True, slots=True)
class Close:
    """Order to close the socket; 1006 cuts the connection without a word."""

    code: int = 1000
    reason: str = ""


class Asked(Protocol):
    """What a client asked for, as far as it concerns how audio is taken in."""

    @property
    def model(self) -> str: ...

    @property
    def encoding(self) -> str | None:
        """``None``: audio in a container."""

    @property
    def channels(self) -> int: ...


class Decides(Protocol):
    """When the vendor says what, by the audio's clock; knows no socket."""

    clock: float
    """Seconds of audio heard."""

    def hear(self, seconds: float, speeches: Sequence[Speech]) -> list[Message]:
        """What to send once another piece of audio was heard, and what ears understood by it."""


Query = TypeVar("Query", bound=Asked)
Session = TypeVar("Session", bound=Decides)


class HearingConnection(ABC, Generic[Query, Session]):
    """What one client sent and was sent. ``received``, ``orders`` and ``sent`` are in order.

    Args:
        query: what it asked for.
        session: decides what it is sent.
        ears: who understands its audio.
        fault: how this connection misbehaves.
        keep_audio: whether ``received`` keeps the bytes; their number is known either way.
    """

    def __init__(
        self,
        query: Query,
        session: Session,
        ears: Ears,
        fault: ListenFault,
        request_id: str,
        *,
        keep_audio: bool = True,
    ) -> None:
        self.query = query
        self.request_id = request_id
        self.received: list[Arrived] = []
        """Audio, a message each."""
        self.orders: list[Arrived] = []
        """Text messages."""
        self.sent: list[Sent] = []
        self.audio_bytes = 0
        self.opened_at = _now()
        self.closed_at: float | None = None
        """Loop time in seconds; ``None`` while it is open."""
        self.close_code: int | None = None
        """The code that closed it, whoever closed."""
        self._ears = ears
        self._fault = fault
        self._keep_audio = keep_audio
        self._session = session
        self._outbox: asyncio.Queue[tuple[float, Message | str | Close]] = asyncio.Queue()
        self._last_sign = self.opened_at
        self._done: set[str] = set()
        self._closing: asyncio.Future[bool] | None = None

    @property
    def audio(self) -> bytes:
        """All audio received."""
        return b"".join(data for _, data in self.received)

    async def serve(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        """Serve until either side has closed."""
        self._ws, self._request = ws, request
        helpers = [asyncio.create_task(self._deliver()), asyncio.create_task(self._watch())]
        try:
            await self._read()
        finally:
            self.closed_at = _now()
            self.close_code = self.close_code or ws.close_code or 1006
            await self._leave(helpers)

    async def _leave(self, helpers: Sequence[asyncio.Task[None]]) -> None:
        # A server may cancel its handler when the client has gone, at any await.
        for task in helpers:
            task.cancel()
        try:
            if self._closing is not None:
                await self._closing
            await asyncio.gather(*helpers, return_exceptions=True)
        finally:
            await self._ears.close()

    async def close(self, code: int = 1006, reason: str = "") -> None:
        """Break off now, whatever is still to be said."""
        self.close_code = code
        if code != 1006:
            self._closing = asyncio.ensure_future(self._ws.close(code=code, message=reason.encode()))
            await asyncio.shield(self._closing)
        elif self._request.transport is not None:
            self._request.transport.abort()

    def stall(self, seconds: float) -> None:
        """Stop reading from the socket for a while."""
        if self._request.transport is not None:
            self._request.transport.pause_reading()
            asyncio.get_running_loop().call_later(seconds, self._resume)

    def _resume(self) -> None:
        if self._request.transport is not None and not self._request.transport.is_closing():
            self._request.transport.resume_reading()

    async def _read(self) -> None:
        while (message := await self._ws.receive()).type in (WSMsgType.BINARY, WSMsgType.TEXT):
            if message.type is WSMsgType.TEXT:
                self.orders.append(Arrived(_now(), message.data.encode()))
                await self._obey(_order(message.data), message.data)
            elif message.data:
                await self._hear(message.data)
            else:
                await self._end()

    async def _hear(self, audio: bytes) -> None:
        self._last_sign = _now()
        self.received.append(Arrived(self._last_sign, audio if self._keep_audio else b""))
        first, self.audio_bytes = self.audio_bytes == 0, self.audio_bytes + len(audio)
        if self.query.encoding is None and first and not audio.startswith(CONTAINERS):
            await self.close(1008, "DATA-0000")
            return
        mulaw = g711.encode(audio[: len(audio) // 2 * 2]) if self.query.encoding == "linear16" else audio
        for at in range(0, len(mulaw), BLOCK):
            await self._hear_block(mulaw[at : at + BLOCK])
        await self._misbehave()

    async def _hear_block(self, mulaw: bytes) -> None:
        # Mono bytes sent as two channels are accepted and understood as garbage (Deepgram: multichannel).
        speeches: Sequence[Speech] = await self._ears.hear(mulaw) if self.query.channels == 1 else ()
        seconds = len(mulaw) / g711.BYTES_PER_MS / 1000 / self.query.channels
        self._say(self._session.hear(seconds, speeches))
        if speeches and speeches[-1].over and self._ears.final_ms is not None:
            self._settle(speeches[-1], self._ears.final_ms)

    async def _misbehave(self) -> None:
        fault = self._fault
        if self._reached("garble", fault.garble_after_ms):
            self._outbox.put_nowait((_now(), GARBAGE))
        if self._reached("stall", fault.stall_after_ms):
            self.stall(fault.stall_ms / 1000)
        if self._reached("close", fault.close_after_ms):
            await self.close(fault.close_code, fault.close_reason)

    def _reached(self, what: str, after_ms: int | None) -> bool:
        """Whether a fault's moment has come; tells so once."""
        if after_ms is None or what in self._done or self._session.clock * 1000 < after_ms:
            return False
        self._done.add(what)
        return True

    @abstractmethod
    async def _obey(self, order: Mapping[str, Any], text: str) -> None:
        """Do what a text message says: ``order`` is the JSON object it is, empty if it is none."""

    @abstractmethod
    async def _end(self) -> None:
        """The client will send no more audio: say what is left, and close."""

    @abstractmethod
    def _settle(self, speech: Speech, final_ms: int) -> None:
        """A stretch of speech is over; what is to be said of it comes so many milliseconds later."""

    def _later(self, ms: float, messages: Callable[[], Sequence[Message]]) -> None:
        """Say then what is to be said then, without any delay."""
        asyncio.get_running_loop().call_later(ms / 1000, lambda: self._say(messages(), 0))

    async def _finish_ears(self) -> None:
        self._say(self._session.hear(0.0, await self._ears.finish()))

    def _close_behind(self, code: int = 1000, reason: str = "") -> None:
        """Close once all that was said is sent."""
        self._outbox.put_nowait((_now() + PROCESSING_S, Close(code, reason)))

    def _say(self, messages: Sequence[Message], processing_s: float = PROCESSING_S) -> None:
        due = _now() + processing_s + self._fault.slow_ms / 1000
        for message in messages:
            self._outbox.put_nowait((due, message))

    async def _deliver(self) -> None:
        while True:
            due, message = await self._outbox.get()
            await asyncio.sleep(max(0.0, due - _now()))
            if self._fault.silent:
                continue
            if isinstance(message, Close):
                await self.close(message.code, message.reason)
                return
            await self._send(message)

    async def _send(self, message: Message | str) -> None:
        if isinstance(message, str):
            await self._ws.send_str(message)
            return
        await self._ws.send_str(orjson.dumps(message).decode())
        self.sent.append(Sent(_now(), message))

    async def _watch(self) -> None:
        """Close a socket on which nothing has arrived for too long."""
        while True:
            left = self._last_sign + IDLE_S - _now()
            if left <= EARLY_S:
                return await self.close(1011, "NET-0001")
            await asyncio.sleep(left)


def _order(text: str) -> Mapping[str, Any]:
    try:
        order = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return order if isinstance(order, dict) else {}


def _now() -> float:
    return asyncio.get_running_loop().time()
