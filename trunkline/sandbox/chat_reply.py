"""A chat completion on its way out: on schedule, up to its fault."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from trunkline.sandbox.brain import Piece
from trunkline.sandbox.chat_completion import Chunk, Completion, error, event, identifier
from trunkline.sandbox.chat_faults import REFUSALS, Cut, ErrorEvent, Fault, Garble, Refuse, Slow, Stall
from trunkline.sandbox.chat_request import ChatRequest

GARBAGE = '{"id": "chatcmpl-'
"""What a garbled reply is cut down to."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When tokens are sent."""

    first_token_ms: float = 120
    """From the request to the first token."""

    token_ms: float = 20
    """From token to token."""


class ChatReply:
    """One reply to one request.

    Args:
        request: the HTTP request.
        chat: what it asks.
        pieces: the reply.
        pace: when its tokens are due.
        fault: what goes wrong on the way.
    """

    def __init__(
        self,
        request: web.Request,
        chat: ChatRequest,
        pieces: Iterable[Piece],
        pace: Pace,
        fault: Fault | None = None,
    ) -> None:
        self._request = request
        self._pieces = pieces
        self._pace = pace
        self._fault = None if isinstance(fault, Refuse | Slow) else fault
        self._pause = fault if isinstance(fault, Slow) else Slow(0)
        self._chat = chat
        self._completion = Completion(chat)
        self._start = asyncio.get_running_loop().time()

    async def send(self) -> web.StreamResponse:
        chunks = self._completion.tokens(self._pieces)
        return await (self._stream(chunks) if self._chat.stream else self._whole(list(chunks)))

    async def _stream(self, chunks: Iterator[Chunk]) -> web.StreamResponse:
        response = web.StreamResponse(headers=headers("text/event-stream; charset=utf-8"))
        await self._wait_for(0)
        if self._fault in (Stall(0), Cut(0)):
            return await self._break(response)
        await response.prepare(self._request)
        await response.write(event(self._completion.opening()))
        for sent, chunk in enumerate(chunks):
            if self._fault and self._fault.after == sent:
                return await self._break(response)
            await self._wait_for(sent)
            await response.write(event(chunk))
        if self._fault:
            return await self._break(response)
        for chunk in self._completion.closing():
            await response.write(event(chunk))
        await response.write(event("[DONE]"))
        return response

    async def _whole(self, chunks: Sequence[Chunk]) -> web.StreamResponse:
        await self._wait_for(len(chunks))
        if isinstance(self._fault, Stall | Cut):
            return await self._break(web.StreamResponse())
        if self._fault:
            return web.Response(body=GARBAGE.encode(), headers=headers("application/json"))
        return answer(200, self._completion.whole())

    async def _wait_for(self, token: int) -> None:
        """Sleep until a token is due."""
        pause = self._pause.seconds if token >= self._pause.after else 0.0
        due = self._start + pause + (self._pace.first_token_ms + token * self._pace.token_ms) / 1000
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))

    async def _break(self, response: web.StreamResponse) -> web.StreamResponse:
        match self._fault:
            case Stall():
                await asyncio.Event().wait()
            case Cut():
                if self._request.transport is not None:
                    self._request.transport.abort()
            case Garble():
                await response.write(event(GARBAGE))
            case ErrorEvent():
                await response.write(event(error(*REFUSALS[500][:2])))
        return response


def refusal(fault: Refuse) -> web.Response:
    """An error status, in OpenAI's form."""
    message, kind, code = REFUSALS.get(fault.status, REFUSALS[500 if fault.status >= 500 else 400])
    more = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    return answer(fault.status, error(message, kind, code=fault.code or code), more)


def answer(status: int, body: Chunk, more: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer, with the headers that OpenAI sends."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return web.Response(
        status=status, body=text.encode(), headers={**headers("application/json"), **(more or {})}
    )


def headers(content_type: str) -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "x-request-id": "req_" + identifier(32).lower(),
        "openai-version": "2020-10-01",
    }
