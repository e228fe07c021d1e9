"""Deepgram's text-to-speech at the wire: ``/v1/speak`` by WebSocket and REST, limits, delays, faults."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from aiohttp import web

from trunkline.sandbox.speak_audio import Pace
from trunkline.sandbox.speak_faults import SOUND, SpeakFault
from trunkline.sandbox.speak_options import Refusal, SpeakOptions, of_request, of_socket
from trunkline.sandbox.speak_socket import MESSAGE_LIMIT, MINUTE_LIMIT, SpeakSocket
from trunkline.sandbox.voice import Voice

__all__ = ["Pace", "SpeakEmulator", "SpeakFault", "SpeakRequest"]

KEPT = 10_000
"""Received messages that are remembered."""

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class SpeakRequest:
    """Something a client sent."""

    type: str
    """``Speak``, ``Flush``, ``Clear``, ``Close``, or ``POST`` for a whole REST request."""
    text: str
    model: str
    socket: int
    """Which connection or REST request it came by, counted from 1."""
    at: float
    """Loop time in seconds."""


class SpeakEmulator:
    """Speaks for any number of clients.

    Every argument is also an attribute, and may be changed while serving.

    Args:
        voice: what texts are said with.
        api_key: the one key that is accepted; None accepts any.
        pace: how fast it answers.
        fault: what goes wrong.
        faults: what goes wrong with the next connections, one each; then ``fault`` holds again.
        max_sockets: WebSockets at a time; a further one gets 429.
        max_requests: REST requests at a time; a further one gets 429.
        max_characters: characters a minute on one WebSocket; one that sends more is closed.
    """

    def __init__(
        self,
        voice: Voice,
        *,
        api_key: str | None = None,
        pace: Pace | None = None,
        fault: SpeakFault = SOUND,
        faults: Iterable[SpeakFault] = (),
        max_sockets: int = 45,
        max_requests: int = 15,
        max_characters: int = MINUTE_LIMIT,
    ) -> None:
        self.voice = voice
        self.api_key = api_key
        self.pace = pace or Pace()
        self.fault = fault
        self.faults = deque(faults)
        self.max_sockets = max_sockets
        self.max_requests = max_requests
        self.max_characters = max_characters
        self.requests: deque[SpeakRequest] = deque(maxlen=KEPT)
        self.connections = 0
        """Connections and REST requests so far, without the refused ones."""
        self._sockets: set[SpeakSocket] = set()
        self._answering = 0

    @property
    def spoken(self) -> list[SpeakRequest]:
        """What texts it was given, over WebSocket and REST, oldest first."""
        return [request for request in self.requests if request.type in ("Speak", "POST")]

    @property
    def open_sockets(self) -> int:
        return len(self._sockets)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/speak", partial(self._answer, self._serve_socket)),
            web.post("/v1/speak", partial(self._answer, self._serve_request)),
        ]

    def drop(self) -> None:
        """Lose every connection without a word, as a network does."""
        for socket in list(self._sockets):
            socket.drop()

    async def close(self, code: int = 1001, reason: str = "") -> None:
        """Close every WebSocket."""
        await asyncio.gather(*(socket.close(code, reason) for socket in list(self._sockets)))

    async def _answer(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        request_id = str(uuid4())
        try:
            self._authorise(request)
            return await handler(request, request_id)
        except Refusal as refusal:
            return _refused(refusal, request_id)

    def _authorise(self, request: web.Request) -> None:
        key = _key(request)
        if not key or (self.api_key is not None and key != self.api_key):
            raise Refusal(401, "INVALID_AUTH", "Invalid credentials.")

    def _next_fault(self) -> Callable[[], SpeakFault]:
        """What is wrong with a new connection: a fault of its own, or whatever is wrong with all."""
        own = self.faults.popleft() if self.faults else None
        fault = self.fault if own is None else own
        if fault.refuse is not None:
            raise Refusal(fault.refuse, "SANDBOX_FAULT", "refused on request")
        return lambda: self.fault if own is None else own

    def _log(self, model: str, number: int, kind: str, text: str) -> None:
        now = asyncio.get_running_loop().time()
        self.requests.append(SpeakRequest(kind, text, model, number, now))

    async def _serve_socket(self, request: web.Request, request_id: str) -> web.StreamResponse:
        options = of_socket(request.query)
        if self.open_sockets >= self.max_sockets:
            raise Refusal(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.")
        fault = self._next_fault()
        self.connections += 1
        ws = web.WebSocketResponse(protocols=("token", "bearer"), compress=False)
        ws.headers["dg-request-id"] = request_id
        await ws.prepare(request)
        received = partial(self._log, options.model, self.connections)
        socket = SpeakSocket(
            *(ws, request.transport, options, self.voice, lambda: self.pace, fault, received),
            max_characters=self.max_characters,
        )
        self._sockets.add(socket)
        try:
            await socket.serve(request_id)
        finally:
            self._sockets.discard(socket)
        return ws

    async def _serve_request(self, request: web.Request, request_id: str) -> web.StreamResponse:
        options = of_request(request.query)
        text = await _text(request)
        if self._answering >= self.max_requests:
            raise Refusal(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.")
        fault = self._next_fault()()
        self.connections += 1
        self._log(options.model, self.connections, "POST", text)
        self._answering += 1
        try:
            return await self._synthesise(request, request_id, options, text, fault)
        finally:
            self._answering -= 1

    async def _synthesise(
        self, request: web.Request, request_id: str, options: SpeakOptions, text: str, fault: SpeakFault
    ) -> web.StreamResponse:
        await asyncio.sleep((self.pace.first_audio_ms + fault.slow_ms) / 1000)
        if fault.silent:
            await asyncio.Event().wait()
        response = web.StreamResponse(headers=_headers(request_id, options, text))
        response.enable_chunked_encoding()
        await response.prepare(request)
        with suppress(ConnectionError):
            async for chunk in self._audio(options, text):
                await response.write(chunk)
            await response.write_eof()
        return response

    async def _audio(self, options: SpeakOptions, text: str) -> AsyncIterator[bytes]:
        if header := options.header():
            yield header
        async for mulaw in self.voice.speak(text, options.model):
            yield options.encode(mulaw)


def _key(request: web.Request) -> str:
    """The API key or token that a client shows; a key shown as a bearer token is none (Deepgram: auth)."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "token":
        return key.strip()
    if scheme.lower() == "bearer":
        return key.strip() if key.count(".") == 2 else ""
    protocol, _, key = request.headers.get("Sec-WebSocket-Protocol", "").partition(",")
    return key.strip() if protocol.strip() in ("token", "bearer") else ""


async def _text(request: web.Request) -> str:
    try:
        body = await request.json()
        text = body["text"]
    except (ValueError, TypeError, KeyError):
        raise Refusal(400, "Bad Request", 'the body must be JSON: {"text": "..."}') from None
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, "Bad Request", "text must be a string with something to say")
    if len(text) > MESSAGE_LIMIT:
        raise Refusal(413, "PAYLOAD_TOO_LARGE", f"Input text exceeds the limit of {MESSAGE_LIMIT} characters")
    return text


def _headers(request_id: str, options: SpeakOptions, text: str) -> dict[str, str]:
    return {
        "Content-Type": options.content_type,
        "dg-request-id": request_id,
        "dg-model-name": options.model,
        "dg-model-uuid": str(uuid4()),
        "dg-char-count": str(len(text)),
    }


def _refused(refusal: Refusal, request_id: str) -> web.Response:
    body = {"err_code": refusal.code, "err_msg": refusal.message, "request_id": request_id}
    headers = {"dg-error": refusal.message, "dg-request-id": request_id}
    text = json.dumps(body)
    return web.Response(status=refusal.status, text=text, headers=headers, content_type="application/json")
