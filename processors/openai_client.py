"""OpenAI, or a server that speaks its protocol, for one process: one key, one HTTP pool, one TLS context."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from loguru import logger
from openai.types.chat import ChatCompletionChunk

from processors.errors import VendorUnavailable
from processors.openai_errors import FAILURES, failure, withheld
from processors.openai_reply import Reply
from processors.server_sent_events import EventDecoder

Stream = openai.AsyncStream[ChatCompletionChunk]

_ASIDE = {"extra_body", "extra_headers", "extra_query", "timeout"}
"""Arguments of the SDK's methods that are not parameters of the API."""

PRODUCTION = "https://api.openai.com/v1"

REQUEST_TIMEOUT = 30.0
"""Seconds for a request that does not stream, such as a summary. Streams have their :class:`Patience`."""

WARM_TIMEOUT = 2.0
"""Seconds for opening a connection ahead; a turn that comes sooner opens its own."""

IDLE_TIMEOUT = 120.0
"""Seconds for which an unused connection is kept: longer than a caller thinks, shorter than a NAT forgets."""

MAX_CONNECTIONS = 1000
"""More than a process has calls; aiohttp's own limit of 100 would make the others wait."""

TAIL_TIMEOUT = 0.2
"""Seconds to wait for usage and the end of the body once the reply is complete; the caller waits, too."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a stream may be silent. Comments and empty chunks do not count as a sign of life."""

    first_token: float = 4.0
    """Seconds from the request to the first word or tool call."""

    token: float = 4.0
    """Seconds from one chunk to the next."""


class OpenAI:
    """The client that all calls of a process share.

    Args:
        api_key: never logged; a local server that wants none may be given an empty one.
        base_url: another server that speaks the protocol, up to and with ``/v1``.
    """

    def __init__(self, api_key: str | None = None, base_url: str | None = None) -> None:
        self.base_url = str(base_url or PRODUCTION).rstrip("/")
        host = urlsplit(self.base_url).hostname or self.base_url
        self.is_openai = host.endswith("openai.com")
        self.vendor = "OpenAI" if self.is_openai else host
        """The vendor's name in errors: "OpenAI", or the host of another server."""
        limits = httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=IDLE_TIMEOUT)
        # Over aiohttp a 40-token reply costs a third of the CPU that it costs over httpx2's own transport.
        self.http = openai.DefaultAioHttpClient(limits=limits, timeout=REQUEST_TIMEOUT)
        self.sdk = openai.AsyncOpenAI(
            api_key=api_key or "unset",
            base_url=self.base_url,
            timeout=REQUEST_TIMEOUT,
            max_retries=0,
            http_client=self.http,
        )
        # Else the SDK asks a thread for it, for a header, while the first caller waits.
        self.sdk._platform = "Unknown"

    async def warm(self) -> None:
        """Open a connection ahead of the first turn; a failure is that turn's to report."""
        try:
            async with asyncio.timeout(WARM_TIMEOUT):
                await self.sdk.get("/models", cast_to=httpx2.Response)
        except (TimeoutError, *FAILURES) as error:
            logger.debug("{} is not warm: {}", self.vendor, type(error).__name__)

    async def stream(
        self,
        params: Mapping[str, Any],
        say: Callable[[str], Awaitable[None]],
        reply: Reply,
        patience: Patience,
    ) -> None:
        """One attempt at a streamed reply; when cancelled it closes the connection, so the vendor stops.

        Args:
            params: of ``chat.completions.create``, with ``stream`` set.
            say: is given the words as they come.
            reply: is filled with everything else.
            patience: how long the vendor may be silent.

        Raises:
            VendorError: the vendor refused, broke off, fell silent, or sent what nobody can read.
        """
        now = asyncio.get_running_loop().time
        due = now() + patience.first_token
        decoder = EventDecoder()
        async with await self._open(params, due, patience) as stream, _body(stream) as body:
            while data := await self._read(body, due, reply, patience):
                for event in decoder.feed(data):
                    if words := reply.take(event):
                        await say(words)
                if reply.complete:
                    due = min(due, now() + TAIL_TIMEOUT)
                elif reply.started:
                    due = now() + patience.token
        if not reply.complete:
            raise VendorUnavailable(self.vendor, "ended its reply without a finish reason")
        if reply.finish_reason == "content_filter" and not reply.started:
            raise withheld(self.vendor)

    async def _open(self, params: Mapping[str, Any], due: float, patience: Patience) -> Stream:
        try:
            async with asyncio.timeout_at(due):
                # As chat.completions.create does, less its walk through all messages (7 ms for forty).
                return await self.sdk.post(
                    "/chat/completions",
                    body={k: v for k, v in params.items() if k not in _ASIDE and not _absent(v)},
                    options={
                        "timeout": None,
                        "headers": params.get("extra_headers") or {},
                        "params": params.get("extra_query") or {},
                        "extra_json": params.get("extra_body") or {},
                    },
                    cast_to=ChatCompletionChunk,
                    stream=True,
                    stream_cls=Stream,
                )
        except TimeoutError as error:
            raise self._silent(patience.first_token) from error
        except FAILURES as error:
            raise failure(self.vendor, error) from error

    async def _read(self, body: AsyncIterator[bytes], due: float, reply: Reply, patience: Patience) -> bytes:
        """Whatever comes next; nothing at the end of the body, or once there is nothing to wait for."""
        try:
            async with asyncio.timeout_at(due):
                return await anext(body, b"")
        except TimeoutError as error:
            if reply.complete:
                return b""
            raise self._silent(patience.token if reply.started else patience.first_token) from error
        except FAILURES as error:
            if reply.complete:
                return b""
            raise failure(self.vendor, error) from error

    def _silent(self, seconds: float) -> VendorUnavailable:
        return VendorUnavailable(self.vendor, f"sent nothing for {seconds:g} s")

    async def close(self) -> None:
        await self.sdk.close()


def _body(stream: Stream) -> aclosing[AsyncGenerator[bytes]]:
    """The bytes below the SDK: its chunk models cost more than all else together (and hide ``[DONE]``)."""
    return aclosing(stream.response.aiter_bytes())


def _absent(value: Any) -> bool:
    return isinstance(value, openai.NotGiven | openai.Omit)
