"""A customer of the carrier, as small as it can be: answers webhooks with TwiML and takes media streams."""

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web

Reply = str | web.Response | Callable[["Webhook"], str | web.Response | Awaitable[str | web.Response]]


def twiml(*verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


@dataclass(frozen=True)
class Webhook:
    """A request of the carrier."""

    path: str
    method: str
    url: str
    headers: Mapping[str, str]
    form: dict[str, str]
    query: dict[str, str]


@dataclass
class Media:
    """One media stream, from the customer's side."""

    socket: web.WebSocketResponse
    headers: Mapping[str, str]
    path: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """Loop time at which each of the messages came."""
    raw: list[Any] = field(default_factory=list)
    """What was not JSON text."""
    closed_with: int | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def sid(self) -> str:
        return str(self.of("start")[0]["streamSid"])

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]

    @property
    def heard(self) -> bytes:
        """Mu-law of all media so far."""
        return b"".join(b64decode(message["media"]["payload"]) for message in self.of("media"))

    async def until(self, condition: Callable[["Media"], bool], timeout: float = 30) -> None:
        async with asyncio.timeout(timeout), self.changed:
            await self.changed.wait_for(lambda: condition(self))

    async def play(self, mulaw: bytes) -> None:
        await self.send(event="media", streamSid=self.sid, media={"payload": b64encode(mulaw).decode()})

    async def mark(self, name: str) -> None:
        await self.send(event="mark", streamSid=self.sid, mark={"name": name})

    async def clear(self) -> None:
        await self.send(event="clear", streamSid=self.sid)

    async def send(self, **message: Any) -> None:
        await self.socket.send_str(json.dumps(message))

    async def run(self) -> None:
        async for message in self.socket:
            async with self.changed:
                self._take(message.type, message.data)
                self.changed.notify_all()
        async with self.changed:
            self.closed_with = self.socket.close_code
            self.changed.notify_all()

    def _take(self, kind: WSMsgType, data: Any) -> None:
        try:
            self.messages.append(json.loads(data) if kind is WSMsgType.TEXT else {"event": kind.name})
            self.times.append(asyncio.get_running_loop().time())
        except ValueError:
            self.raw.append(data)


class Customer:
    """Serves ``pages`` (path to TwiML, answer or function) and media streams on ``/media``."""

    def __init__(self, pages: Mapping[str, Reply] | None = None) -> None:
        self.pages: dict[str, Reply] = dict(pages or {})
        self.webhooks: list[Webhook] = []
        self.streams: list[Media] = []
        self.refuse_media = 0
        """HTTP status with which streams are refused."""
        self._arrived = asyncio.Condition()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/media", self._media)
        app.router.add_route("*", "/{path:.*}", self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self.streams:
            await stream.socket.close(code=WSCloseCode.GOING_AWAY)
        await self._runner.cleanup()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def media_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/media"

    def connect(self, *parameters: str, attributes: str = "", action: str = "/next") -> str:
        """TwiML that streams to ``/media``."""
        noun = f'<Stream url="{self.media_url}" {attributes}>{"".join(parameters)}</Stream>'
        return f'<Connect action="{action}">{noun}</Connect>'

    def asked(self, path: str) -> list[Webhook]:
        return [webhook for webhook in self.webhooks if webhook.path == path]

    async def until(self, condition: Callable[[], Any], timeout: float = 60) -> None:
        """Return when something that arrived here makes the condition true."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(condition)

    async def stream(self, number: int = 0) -> Media:
        """A stream, once it has started."""
        await self.until(lambda: len(self.streams) > number)
        stream = self.streams[number]
        await stream.until(lambda media: bool(media.of("start")))
        return stream

    async def _page(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        webhook = Webhook(
            request.path, request.method, str(request.url), request.headers, form, dict(request.query)
        )
        async with self._arrived:
            self.webhooks.append(webhook)
            self._arrived.notify_all()
        reply = self.pages.get(request.path, "")
        answer = reply(webhook) if callable(reply) else reply
        if not isinstance(answer, str | web.Response):
            answer = await answer
        if isinstance(answer, web.Response):
            return answer
        return web.Response(text=answer, content_type="text/xml")

    async def _media(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_media:
            return web.Response(status=self.refuse_media, headers={"Location": "/elsewhere"})
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        stream = Media(socket, request.headers, request.path)
        async with self._arrived:
            self.streams.append(stream)
            self._arrived.notify_all()
        await stream.run()
        return socket
