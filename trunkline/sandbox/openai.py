"""OpenAI at the wire: chat completions, streamed or whole, models, errors, delays and faults."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from trunkline.sandbox.brain import Brain
from trunkline.sandbox.chat_completion import error, listing, model
from trunkline.sandbox.chat_faults import Cut, EndEarly, ErrorEvent, Fault, Garble, Refuse, Slow, Stall
from trunkline.sandbox.chat_reply import ChatReply, Pace, answer, refusal
from trunkline.sandbox.chat_request import ChatRequest, InvalidRequest, Message, parse

__all__ = [
    "Cut",
    "EndEarly",
    "ErrorEvent",
    "Fault",
    "Garble",
    "OpenAIServer",
    "Received",
    "Refuse",
    "Slow",
    "Stall",
]

LISTED = ("gpt-4o-mini", "gpt-4o", "gpt-4.1-mini", "gpt-4.1")
"""What ``GET /models`` shows when every model name is accepted."""


@dataclass(frozen=True, slots=True)
class Received:
    """One valid chat request, as the server saw it."""

    request: ChatRequest
    at: float
    """Loop time in seconds."""

    port: int
    """The client's port: the same for requests that share a connection."""

    cancelled_at: float | None = None
    """Loop time in seconds at which the client went away before the reply was whole."""

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.request.messages

    @property
    def tools(self) -> tuple[Message, ...]:
        return self.request.tools


class OpenAIServer:
    """An OpenAI-compatible server in this process: ``async with OpenAIServer(brain) as server``.

    Args:
        brain: who replies.
        api_key: the one key that is accepted; None accepts any.
        models: the models that exist; None means all.
        first_token_ms: from the request to the first token.
        token_ms: from token to token.
        fault: what goes wrong with every request.
        faults: what goes wrong with the next requests, one each (None: nothing); then ``fault`` holds again.
    """

    def __init__(
        self,
        brain: Brain,
        *,
        api_key: str | None = None,
        models: Collection[str] | None = None,
        first_token_ms: float = 120,
        token_ms: float = 20,
        fault: Fault | None = None,
        faults: Sequence[Fault | None] = (),
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.brain = brain
        self.api_key = api_key
        self.models = models
        self.first_token_ms = first_token_ms
        self.token_ms = token_ms
        self.fault = fault
        self.faults = list(faults)
        self.requests: list[Received] = []
        self.probes: list[int] = []
        """The client's port of each ``GET /models``."""

        self._host, self._port = host, port
        self._closing = False

    async def __aenter__(self) -> "OpenAIServer":
        app = web.Application(middlewares=[self._guard], client_max_size=32 * 2**20)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._host, self._port = self._runner.addresses[0][:2]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self._port}/v1"

    def routes(self) -> list[web.RouteDef]:
        """The API under ``/v1``, for an aiohttp application of your own."""
        return [
            web.post("/v1/chat/completions", self._chat),
            web.get("/v1/models", self._list),
            web.get("/v1/models/{model}", self._model),
        ]

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Check the key, and answer what nothing answers in OpenAI's form."""
        try:
            refused = self._refuse_key(request)
            return refused or await handler(request)
        except web.HTTPException as failure:
            message = f"Invalid URL ({request.method} {request.path})"
            return answer(failure.status, error(message, "invalid_request_error"))

    def _refuse_key(self, request: web.Request) -> web.Response | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not key.strip():
            message = "You didn't provide an API key. Send it as: Authorization: Bearer YOUR_KEY."
            return answer(401, error(message, "invalid_request_error"))
        return refusal(Refuse(401)) if self.api_key not in (None, key.strip()) else None

    async def _list(self, request: web.Request) -> web.Response:
        self.probes.append(_port(request))
        return answer(200, listing(sorted(self.models) if self.models is not None else LISTED))

    async def _model(self, request: web.Request) -> web.Response:
        name = request.match_info["model"]
        return answer(200, model(name)) if self._has(name) else refusal(Refuse(404))

    def _has(self, name: str) -> bool:
        return self.models is None or name in self.models

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        try:
            chat = parse(json.loads(await request.read()))
        except InvalidRequest as wrong:
            return answer(400, error(wrong.message, "invalid_request_error", wrong.param, wrong.code))
        except ValueError:
            message = "We could not parse the JSON body of your request."
            return answer(400, error(message, "invalid_request_error"))
        async with self._recorded(chat, request):
            fault = self.faults.pop(0) if self.faults else self.fault
            if isinstance(fault, Refuse):
                return refusal(fault)
            if not self._has(chat.model):
                return refusal(Refuse(404))
            await self.brain.prepare(chat)
            pace = Pace(self.first_token_ms, self.token_ms)
            return await ChatReply(request, chat, self.brain.reply(chat), pace, fault).send()

    @asynccontextmanager
    async def _recorded(self, chat: ChatRequest, request: web.Request) -> AsyncIterator[None]:
        now = asyncio.get_running_loop().time
        at = len(self.requests)
        self.requests.append(Received(chat, now(), _port(request)))
        try:
            yield
        except (asyncio.CancelledError, ConnectionResetError):
            if not self._closing:
                self.requests[at] = replace(self.requests[at], cancelled_at=now())
            raise


def _port(request: web.Request) -> int:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return int(peer[1]) if peer else 0
