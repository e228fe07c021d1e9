"""Deepgram for one process: one key, one HTTP session, as many sockets as there are calls."""

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, cast

import aiohttp
import httpx
import orjson
from deepgram import AsyncDeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment
from deepgram.listen.v1.socket_client import AsyncV1SocketClient as ListenClient
from deepgram.listen.v2.socket_client import AsyncV2SocketClient as FluxClient
from deepgram.speak.v1.socket_client import AsyncV1SocketClient as SpeakClient
from deepgram.speak.v1.types import SpeakV1Text

from processors.deepgram_socket import KEY_REMEDY, DeepgramSocket, SocketClosed, transport_factory
from processors.errors import VendorUnavailable, refusal
from processors.frames import RATE

PRODUCTION = "https://api.deepgram.com"

SYNTHESIS_TIMEOUT = 10.0
"""Seconds for a whole greeting over REST."""


NOT_SERVED = (404, 405, 501)
"""What a server answers that speaks over sockets only."""


class Socket:
    """An open Deepgram socket: the SDK's typed sender beside the carrier that receives.

    Messages are received raw: the SDK builds a model for each, turns unknown ones into ``None`` and takes
    Aura's ``Cleared`` for ``Flushed``.
    """

    def __init__(self, client: Any, carrier: DeepgramSocket, stack: AsyncExitStack) -> None:
        self.client = client
        self.recv = carrier.recv
        self.send_at_once = carrier.send_at_once
        self.opened_at = asyncio.get_running_loop().time()
        """Loop time in seconds."""
        self.preroll = 0
        """Bytes of audio that it was sent before a call took it; its clock counts them."""
        self._carrier = carrier
        self._stack = stack

    @property
    def is_open(self) -> bool:
        return self._carrier.is_open

    async def send(self, data: str | bytes) -> None:
        await self._carrier.send(data)

    def go_on(self) -> None:
        """To be called when ``recv`` was cancelled and the socket is to be used, or to be closed well."""
        self._carrier.go_on()

    async def close(self) -> None:
        await self._stack.aclose()

    def abort(self) -> None:
        """Cut the connection at once; :meth:`close` is still to be called."""
        self._carrier.abort()


class Deepgram:
    """Opens sockets and synthesises prompts.

    Args:
        api_key: the project's key; never logged.
        base_url: ``https://...`` (or ``http``, ``wss``, ``ws``) of another server that speaks the protocol.
    """

    def __init__(self, api_key: str, base_url: str | None = None) -> None:
        rest = (base_url or PRODUCTION).rstrip("/").removesuffix("/v1").partition("://")[2]
        secure = "" if (base_url or PRODUCTION).startswith(("http://", "ws://")) else "s"
        self.name = f"Deepgram {rest} {_fingerprint(api_key)}"
        """Who is asked, and on whose account; not the key."""
        http, ws = f"http{secure}://{rest}", f"ws{secure}://{rest}"
        # aiohttp allows a session 100 connections; a call takes two, and Deepgram has a limit of its own.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None),
        )
        self._http = httpx.AsyncClient(timeout=SYNTHESIS_TIMEOUT)
        self._sdk = AsyncDeepgramClient(
            api_key=api_key,
            environment=DeepgramClientEnvironment(base=http, production=ws, agent=ws, agent_rest=http),
            httpx_client=self._http,
            transport_factory=transport_factory,
        )
        _remember_headers(self._sdk)

    async def listen(self, options: Mapping[str, Any]) -> Socket:
        """Open a socket to ``/v1/listen``; ``options`` are the SDK's arguments.

        Raises:
            VendorError: Deepgram refused, is busy, or cannot be reached.
        """
        return await self._open(self._sdk.listen.v1.connect(**options))

    async def flux(self, options: Mapping[str, Any]) -> Socket:
        """Open a socket to ``/v2/listen``; ``options`` are the SDK's arguments.

        Raises:
            VendorError: Deepgram refused, is busy, or cannot be reached.
        """
        return await self._open(self._sdk.listen.v2.connect(**options))

    async def speak(self, options: Mapping[str, Any]) -> Socket:
        """Open a socket to ``/v1/speak``; ``options`` are the SDK's arguments.

        Raises:
            VendorError: Deepgram refused, is busy, or cannot be reached.
        """
        return await self._open(self._sdk.speak.v1.connect(**options))

    async def _open(self, connecting: Any) -> Socket:
        async with AsyncExitStack() as stack:
            client: ListenClient | FluxClient | SpeakClient = await stack.enter_async_context(connecting)
            carrier = cast(DeepgramSocket, client._websocket)
            await carrier.open(self._session)
            return Socket(client, carrier, stack.pop_all())
        raise AssertionError("unreachable")

    async def synthesise(self, text: str, voice: str) -> bytes:
        """A whole prompt as 8 kHz mu-law, over REST, or over a socket where a server has no REST.

        Raises:
            VendorError: Deepgram refused, is busy, failed, or took too long.
        """
        try:
            async with asyncio.timeout(SYNTHESIS_TIMEOUT):
                return await self._synthesise(text, voice)
        except ApiError as error:
            reason = str(error.body.get("err_msg", "")) if isinstance(error.body, dict) else ""
            raise refusal("Deepgram", error.status_code or 0, reason, KEY_REMEDY) from error
        except (TimeoutError, httpx.HTTPError) as error:
            found = f"did not synthesise a prompt ({type(error).__name__})"
            raise VendorUnavailable("Deepgram", found) from error
        except SocketClosed as error:
            raise VendorUnavailable("Deepgram", f"{error} in the middle of a prompt") from error

    async def _synthesise(self, text: str, voice: str) -> bytes:
        # container=none: the header of a WAV would be heard as a click.
        chunks = self._sdk.speak.v1.audio.generate(
            text=text, model=voice, encoding="mulaw", sample_rate=RATE, container="none"
        )
        try:
            return b"".join([chunk async for chunk in chunks])
        except ApiError as error:
            if error.status_code not in NOT_SERVED:
                raise
        return await self._speak_whole(text, voice)

    async def _speak_whole(self, text: str, voice: str) -> bytes:
        socket = await self.speak({"model": voice, "encoding": "mulaw", "sample_rate": RATE})
        try:
            await socket.client.send_text(SpeakV1Text(text=text))
            await socket.client.send_flush()
            sound = b""
            while not isinstance(message := await socket.recv(), str) or _type(message) != "Flushed":
                sound += message if isinstance(message, bytes) else b""
            return sound
        finally:
            await socket.close()

    async def close(self) -> None:
        await self._session.close()
        await self._http.aclose()


def _fingerprint(api_key: str) -> str:
    """Tells keys apart, and tells nothing of them."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:4]


def _remember_headers(sdk: AsyncDeepgramClient) -> None:
    """The SDK reads its version from its package's metadata, in a file, for each socket: 1 ms of the loop."""
    wrapper = sdk._client_wrapper
    headers = wrapper.get_headers()
    vars(wrapper)["get_headers"] = headers.copy


def _type(message: str) -> object:
    parsed = orjson.loads(message)
    return parsed.get("type") if isinstance(parsed, dict) else None
