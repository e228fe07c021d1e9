"""Deepgram in this process: speech to text and text to speech behind one address."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from trunkline.sandbox.ears import Ears
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.hearing_connection import Arrived
from trunkline.sandbox.listen import ListenConnection, ListenEmulator, Upgrade
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.voice import Voice


class DeepgramServer:
    """Serves ``/v1/listen``, ``/v2/listen`` and ``/v1/speak``: ``async with DeepgramServer(...) as server``.

    What only one of them has (its faults, its records) is found on :attr:`listen`, :attr:`flux` and
    :attr:`speak`.

    Args:
        ears: makes the ears of a listening connection, given its query.
        voice: speaks.
        api_key: the one key that is accepted; ``None`` accepts any.
        listen: options of :class:`~trunkline.sandbox.listen.ListenEmulator`.
        flux: options of :class:`~trunkline.sandbox.flux.FluxEmulator`.
        speak: options of :class:`~trunkline.sandbox.speak.SpeakEmulator`.
    """

    def __init__(
        self,
        ears: Callable[[Mapping[str, str]], Ears],
        voice: Voice,
        *,
        api_key: str | None = None,
        listen: Mapping[str, Any] | None = None,
        flux: Mapping[str, Any] | None = None,
        speak: Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.listen = ListenEmulator(ears, **{"api_key": api_key, **(listen or {})})
        self.flux = FluxEmulator(ears, **{"api_key": api_key, **(flux or {})})
        self.speak = SpeakEmulator(voice, **{"api_key": api_key, **(speak or {})})
        self._host, self._port = host, port

    async def __aenter__(self) -> "DeepgramServer":
        app = web.Application()
        app.add_routes([*self.listen.routes(), *self.flux.routes(), *self.speak.routes()])
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._host, self._port = self._runner.addresses[0][:2]
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(self.listen.drop(1001), self.flux.drop(1001), self.speak.close())
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def connections(self) -> list[ListenConnection]:
        """Every listening connection there ever was, oldest first."""
        return self.listen.connections

    @property
    def received(self) -> list[list[Arrived]]:
        """The audio of each listening connection, as it came."""
        return self.listen.received

    @property
    def requests(self) -> list[Upgrade]:
        """Every request for a listening socket, refused ones included."""
        return self.listen.requests

    async def drop(self, code: int = 1006, reason: str = "") -> None:
        """Break off all listening connections; 1006 cuts them without a close frame."""
        await self.listen.drop(code, reason)
