"""A running server: everything a process needs to answer its lines, started and stopped in order."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiohttp import web
from loguru import logger

from trunkline.calls.store import CallStore
from trunkline.errors import LineError
from trunkline.events import Watchers
from trunkline.inspection import Plan, inspect
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.loader import Loaded
from trunkline.server.app import application
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.settings import Settings, reveal
from trunkline.switchboard import Switchboard
from trunkline.vendors import Vendors

SHUTDOWN = Outcome("failed", "the server was stopped")


class Service:
    """Serves lines on one port. ``async with Service(...) as service: service.url``.

    Args:
        settings: the process's settings.
        loaded: the pipeline files to serve.
        host: address to listen on.
        port: 0 takes a free one.
        single: let the first line answer whatever number is called.

    Raises:
        SettingsError: on entering, when the call store cannot be opened.
        LineError: on entering, when no line is left to serve.
        OSError: on entering, when the port is taken.
    """

    def __init__(
        self,
        settings: Settings,
        loaded: Sequence[Loaded],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        single: bool = False,
    ) -> None:
        self.settings = settings
        self.watchers = Watchers()
        self.wrong: list[LineError] = []
        """Files that do not answer a phone; the others are served."""
        self.plans: list[Plan] = []
        self._loaded = loaded
        self._host, self._port, self._single = host, port, single

    async def __aenter__(self) -> Self:
        self.vendors = Vendors(self.settings)
        self.store = CallStore(self.settings.database_url)
        try:
            lines = self._inspect()
            await self.store.open()
            self.switchboard = self._switchboard(lines)
            await self._listen()
        except BaseException:
            await self.vendors.close()
            raise
        await self._warm()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._site.stop()
        await self.switchboard.close(SHUTDOWN)
        await self._runner.cleanup()
        await self.store.close()
        await self.vendors.close()

    @property
    def url(self) -> str:
        """``http://host:port`` of the listening socket."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    def _inspect(self) -> list[Line]:
        """Compose every line once; one that fails is left out, unless none is left."""
        for loaded in self._loaded:
            try:
                self.plans.append(inspect(loaded.line, loaded.path, self.vendors))
            except LineError as error:
                self.wrong.append(error)
                logger.error("{}", error)
        if not self.plans and self.wrong:
            raise self.wrong[0]
        return [plan.line for plan in self.plans]

    def _switchboard(self, lines: Sequence[Line]) -> Switchboard:
        return Switchboard(
            lines,
            self.vendors,
            self.store,
            self.watchers,
            only=lines[0] if self._single and lines else None,
            max_calls=self.settings.max_calls,
        )

    async def _listen(self) -> None:
        gatekeeper = Gatekeeper(reveal(self.settings.twilio_auth_token), self.settings.public_url)
        tickets = Tickets(reveal(self.settings.secret) or None)
        app = application(self.switchboard, gatekeeper, tickets)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, self._host, self._port)
        await self._site.start()

    async def _warm(self) -> None:
        """Load and connect now what the first caller would otherwise wait for."""
        await asyncio.get_running_loop().run_in_executor(None, self.vendors.silero.warm)
        for plan in self.plans:
            line = plan.line
            for voice in plan.voices:
                self.vendors.prompts.prepare(voice, (line.greeting, line.apology, line.resumed))
