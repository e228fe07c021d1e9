"""A running server: everything a process needs to answer its lines, started and stopped in order."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from processors import silero
from trunkline.admission import Admission
from trunkline.calls.retention import Retention
from trunkline.calls.store import CallStore
from trunkline.campaigns.purge import ContactPurge
from trunkline.costs.spending import Spending
from trunkline.drain import Drain
from trunkline.errors import LineError
from trunkline.events import Watchers
from trunkline.fleet.seat import Seat
from trunkline.inspection import Plan, inspect
from trunkline.line import Line
from trunkline.loader import Loaded
from trunkline.metrics import Metrics, tally
from trunkline.otlp import exporter
from trunkline.outbound import dialler as outbound
from trunkline.outbound.dialler import Dialler
from trunkline.outbound.news import DialNews
from trunkline.quotas import Quota
from trunkline.resuming.orphans import fetching, left_in
from trunkline.server.app import application
from trunkline.server.metrics_page import MetricsPage
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets
from trunkline.settings import Settings, reveal
from trunkline.switchboard import Switchboard
from trunkline.vendors import Vendors

FAREWELL = 1.0
"""Seconds in which Twilio still gets an answer to what is next for the calls that a stop has ended."""

LOCAL = ("127.0.0.1", "localhost", "::1")
"""Hosts of a carrier that is an emulator on this machine."""

STOP_LIMIT = 1.0
"""Seconds for requests that are being answered while the server stops."""


class Service:
    """Serves lines on one port. ``async with Service(...) as service: service.url``.

    Args:
        settings: the process's settings.
        loaded: the pipeline files to serve.
        host: address to listen on.
        port: 0 takes a free one.
        single: let the first line answer whatever number is called.
        seat: among the workers, if this is one of several.
        sockets: to listen on instead, bound already.

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
        seat: Seat | None = None,
        sockets: Sequence[socket.socket] = (),
    ) -> None:
        self.settings = settings
        self.watchers = seat.watchers if seat else Watchers()
        self.wrong: list[LineError] = []
        """Files that do not answer a phone; the others are served."""
        self.plans: list[Plan] = []
        self._loaded = loaded
        self._host, self._port, self._single = host, port, single
        self._seat, self._sockets = seat, sockets
        self._is_measured = False
        self.metrics = Metrics(
            [one.line.name for one in loaded],
            seat.tally if seat else tally(),
            seat.slot if seat else 0,
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.vendors = Vendors(self.settings)
            self.vendors.address = self._seat.address if self._seat else ""
            stack.push_async_callback(self.vendors.close)
            lines = self._inspect()
            self.store = CallStore(self.settings.database_url)
            await self.store.open()
            stack.push_async_callback(self.store.close)
            left = await left_in(self.store)
            self._follow(stack)
            self.switchboard = self._switchboard(lines)
            self.switchboard.spending = Spending(self.store.expenses.spent)
            self.vendors.warm.room = self.switchboard.admission.spare
            await self._listen(stack)
            self.vendors.place = self._place()
            stack.push_async_callback(self.switchboard.close)
            await self._warm()
            self.switchboard.admission.start()
            stack.callback(self.switchboard.admission.stop)
            await self._take_seat(stack)
            self._keep_house(lines, stack)
            names = {line.name for line in lines}
            origin = self._origin() or ""
            await stack.enter_async_context(fetching(left, self.vendors, names, origin, self.store.end))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._stack:
            if self._seat is not None:
                self._seat.drain()
            if await self.switchboard.close():
                await asyncio.sleep(FAREWELL)

    async def drain(self, hurry: asyncio.Event) -> int:
        """Take no more calls, and return when none is left here; in a hurry, other processes go on with them.

        Returns:
            How many calls were handed over.
        """
        if self._seat is not None:
            self._seat.drain()
        handed_over = await Drain(self.switchboard, self._release).run(hurry)
        if handed_over:
            await asyncio.sleep(FAREWELL)
        return handed_over

    async def _release(self, sid: str) -> None:
        await self.store.flush()
        if self._seat is not None:
            self._seat.release(sid)

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
                # It says file and line; its trace would keep the call that was composed while we run.
                error.__traceback__ = error.__cause__ = error.__context__ = None
                self.wrong.append(error)
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
            admission=self._admission(),
        )

    def _follow(self, stack: AsyncExitStack) -> None:
        """Count what happens in calls, and send it to a collector if there is one."""
        self.watchers.tap(self.metrics.tell)
        traces = exporter(self.settings)
        if traces is not None:
            stack.push_async_callback(traces.close)
            self.watchers.tap(traces.tell)

    def _keep_house(self, lines: Sequence[Line], stack: AsyncExitStack) -> None:
        """Delete what is kept no longer: the first worker, for all."""
        if self._seat is None or self._seat.slot == 0:
            contacts = ContactPurge(self.store.engine)
            retention = Retention(self.store.purge, contacts, lines, self.settings.recordings)
            retention.start()
            stack.callback(retention.stop)

    def _place(self) -> str:
        """Host, port and slot: whoever has them later knows that we are gone."""
        bound = self._sockets[0].getsockname() if self._sockets else self._runner.addresses[0]
        return f"{socket.gethostname()}:{bound[1]}{self.vendors.address}"

    def _measure(self) -> None:
        """Have the pulse read for the metrics: from the first time that somebody asks for them."""
        if not self._is_measured:
            self._is_measured = True
            self.switchboard.admission.measure(self.metrics.beat)
            self.switchboard.admission.measure(lambda _: self.metrics.rest(self.vendors.breakers.resting))

    def _admission(self) -> Admission:
        values = self.settings
        return Admission(
            values.max_calls,
            quota=Quota(values.deepgram_stt_streams, values.deepgram_tts_streams),
            needs={plan.line.number: plan.streams for plan in self.plans},
        )

    async def _listen(self, stack: AsyncExitStack) -> None:
        gatekeeper = Gatekeeper(reveal(self.settings.twilio_auth_token), self.settings.public_url)
        tickets = Tickets(reveal(self.settings.secret) or None)
        page = MetricsPage(self.metrics, reveal(self.settings.metrics_token), self._measure)
        news = self._call_out(stack)
        app = application(self.switchboard, gatekeeper, tickets, self._seat, page, news)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=STOP_LIMIT)
        await self._runner.setup()
        stack.push_async_callback(self._runner.cleanup)
        if self._seat is None:
            await web.TCPSite(self._runner, self._host, self._port).start()

    def _call_out(self, stack: AsyncExitStack) -> DialNews:
        """Let the lines call people."""
        address = self._seat.address if self._seat else ""
        self.dialler = Dialler(self.switchboard, self.store.dials, self.vendors, self._origin, address)
        stack.push_async_callback(self.dialler.close)
        stack.callback(outbound.serve(self.dialler))
        return DialNews(self.dialler)

    def _origin(self) -> str | None:
        """Under which the carrier reaches us; one on this machine does so by our own address."""
        carrier = urlsplit(self.settings.twilio_base_url or "").hostname
        return self.settings.public_url or (self.url if carrier in LOCAL else None)

    async def _take_seat(self, stack: AsyncExitStack) -> None:
        """Answer beside the other workers, if there are any; not before all is there that a call needs."""
        if self._seat is None or self._runner.server is None:
            return
        self._measure()  # a reader may ask any of the workers
        self._seat.open(self.switchboard, self._runner.server)
        stack.callback(self._seat.close)
        for one in self._sockets:
            await web.SockSite(self._runner, one).start()

    async def _warm(self) -> None:
        """Load and connect now what the first caller would otherwise wait for."""
        await asyncio.get_running_loop().run_in_executor(None, silero.warm)
        await self.vendors.openai.warm()
        if self.settings.twilio_account_sid:
            _ = self.vendors.carrier  # half a second to import, which no call is to wait for
        for plan in self.plans:
            self.vendors.prepare(plan.line, plan.voices)
        self.vendors.warm.start(recipe for plan in self.plans for recipe in plan.recipes)
