"""Workers under gunicorn: it forks them, replaces one that dies or hangs, and stops them.

Everything is set here; no file, variable or argument of gunicorn's is read.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from types import FrameType
from typing import Any

from aiohttp.worker import GunicornUVLoopWebWorker
from gunicorn import arbiter, glogging
from gunicorn.app.base import BaseApplication
from loguru import logger

from trunkline import garbage
from trunkline.campaigns import standby
from trunkline.fleet.roster import State
from trunkline.fleet.seat import Fleet, Seat
from trunkline.loader import Loaded
from trunkline.server.service import Service
from trunkline.settings import Settings

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
"""Other signals do what they do to a process of one worker: gunicorn's own uses of them are left out."""

HANGS = 30
"""Seconds without a sign of life after which gunicorn kills a worker."""

STOP_LIMIT = 30
"""Seconds, beyond what the calls of a line may take to finish, after which a worker is killed."""

TRY_AGAIN = 2.0
"""Seconds before another attempt at a worker that could not start while others serve."""

LOOK = 0.05
"""Seconds between two looks at whether all workers are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the workers are for."""

    settings: Settings
    loaded: Sequence[Loaded]
    single: bool = False
    """Whether the first line answers whatever number is called."""
    fleet: Fleet
    on_ready: Callable[[], None]
    """Called in the parent when all workers are there."""
    on_stop: Callable[[int], None]
    """Called in the parent when it is told to stop, with the number of calls."""

    @property
    def patience(self) -> int:
        """Seconds that the calls of some line may take to finish."""
        return ceil(max((one.line.drain_seconds for one in self.loaded), default=0.0))


def run(work: Work, listening: Sequence[socket.socket]) -> int:
    """Serve until a signal comes, and the calls until they are over; a second one has them handed over.

    Args:
        work: what for.
        listening: bound sockets; they are taken over.

    Returns:
        The exit code.
    """
    parent = os.getpid()
    # Forked pages stay shared for as long as nobody writes to them, as the collector would.
    gc.collect()
    gc.freeze()
    try:
        Arbiter(Application(work, [one.detach() for one in listening])).run()
    except SystemExit as end:
        if os.getpid() != parent:
            raise
        return end.code if isinstance(end.code, int) else 1
    return 0


def share(settings: Settings, slot: int, workers: int) -> Settings:
    """What one worker may use of what the account has; the shares of all are the whole."""
    names = ("deepgram_stt_streams", "deepgram_tts_streams")
    totals = {name: getattr(settings, name) for name in names}
    shares = {name: (n + workers - 1 - slot) // workers for name, n in totals.items() if n is not None}
    return settings.model_copy(update=shares)


class Application(BaseApplication):  # type: ignore[misc]
    """What gunicorn serves, and how.

    Args:
        work: what the workers are for.
        listening: file descriptors of bound sockets.
    """

    def __init__(self, work: Work, listening: Sequence[int]) -> None:
        self.work = work
        self._listening = listening
        super().__init__(prog="trunkline")

    def load_config(self) -> None:
        values = {
            "bind": [f"fd://{one}" for one in self._listening],
            "workers": self.work.fleet.roster.size,
            "worker_class": Worker,
            "logger_class": Log,
            "proc_name": "trunkline",
            "timeout": HANGS,
            "graceful_timeout": STOP_LIMIT + self.work.patience,
            "control_socket_disable": True,
            "pre_fork": self._pre_fork,
            "child_exit": self._child_exit,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def _pre_fork(self, _: "Arbiter", worker: "Worker") -> None:
        worker.slot = self.work.fleet.roster.assign()

    def _child_exit(self, parent: "Arbiter", worker: "Worker") -> None:
        calls = self.work.fleet.roster.standing(worker.slot).calls
        self.work.fleet.roster.vacate(worker.slot)
        if not parent.stopping:
            logger.error("worker {} is gone with {} calls; another takes its place", worker.slot, calls)


class Arbiter(arbiter.Arbiter):  # type: ignore[misc]
    """The parent. Starts, watches and stops the workers; serves nothing itself."""

    SIGNALS = STOPPING

    def __init__(self, app: Application) -> None:
        self.stopping = False
        self._hurried = False
        self._work = app.work
        self._announced = False
        super().__init__(app)

    def signal(self, sig: int, frame: FrameType | None) -> None:
        if not self.stopping:
            super().signal(sig, frame)
            return
        if not self._hurried:
            self._hurried = True
            self.kill_workers(signal.SIGTERM)
            return
        self.kill_workers(signal.SIGKILL)
        signal.signal(sig, signal.SIG_DFL)
        os.kill(os.getpid(), sig)

    def handle_int(self) -> None:
        """All calls end in order, whatever signal says so."""
        self.handle_term()

    handle_quit = handle_int

    def wait_for_signals(self, timeout: float = 1.0) -> Any:
        if not self._announced and self._all_ready():
            self._announced = True
            self._work.on_ready()
        return super().wait_for_signals(timeout if self._announced else LOOK)

    def halt(self, reason: str | None = None, exit_status: int = 0) -> None:
        self.stopping = True
        if exit_status == 0:
            self._work.on_stop(sum(standing.calls for standing in self._work.fleet.roster.standings()))
        super().halt(reason, exit_status)

    def _all_ready(self) -> bool:
        return all(standing.state is State.READY for standing in self._work.fleet.roster.standings())


class Worker(GunicornUVLoopWebWorker):
    """One process that answers calls, on the event loop that gunicorn's worker of aiohttp sets up.

    A first SIGTERM lets its calls finish, a second one hands them over.
    """

    slot: int
    app: Application
    hurry: asyncio.Event

    def load_wsgi(self) -> None:
        """Nothing: what serves is made inside the event loop."""

    def run(self) -> None:
        code = self._serve()
        sys.stdout.flush()
        sys.stderr.flush()
        # All of ours is closed. A library that had a thread before the fork may wait for it for ever now.
        os._exit(code)

    def _serve(self) -> int:
        """Serve until told to stop; returns the exit code."""
        try:
            super().run()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        except Exception as error:
            logger.opt(exception=error).error("worker {} failed", self.slot)
            if not self.booted and self._generation == 1:
                # Ends them all: what keeps one from starting keeps the others, too.
                return int(Arbiter.WORKER_BOOT_ERROR)
            time.sleep(TRY_AGAIN)
            return 1
        return 0

    async def _run(self) -> None:
        # Not aiohttp's own: that one closes the port before the calls end, and Twilio asks what is next.
        work = self.app.work
        self.hurry = asyncio.Event()
        seat = Seat(work.fleet, self.slot, os.getpid())
        sockets = [listener.sock for listener in self.sockets]
        settings = share(work.settings, self.slot, work.fleet.roster.size)
        service = Service(settings, work.loaded, single=work.single, seat=seat, sockets=sockets)
        async with service, standby.beside(service):
            garbage.settle(service.switchboard)
            self.booted = True
            while self.alive and self._has_parent:
                self.notify()
                await self._wait_next_notify()
            await self._drain(service)

    async def _drain(self, service: Service) -> None:
        """Let the calls finish; without a parent, others are to go on with them at once."""
        draining = asyncio.ensure_future(service.drain(self.hurry))
        while not draining.done():
            self.notify()
            if not self._has_parent:
                self.hurry.set()
            await asyncio.wait({draining}, timeout=1.0)
        draining.result()

    @property
    def _has_parent(self) -> bool:
        return bool(self.ppid == os.getppid())

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.alive:
            self.hurry.set()
        self.alive = False
        self._notify_waiter_done()

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """A terminal sends SIGINT to all processes; what is to be done, the parent says."""

    @property
    def _generation(self) -> int:
        return self.app.work.fleet.roster.standing(self.slot).generation


class Log(glogging.Logger):  # type: ignore[misc]
    """gunicorn's log, sent to where all of ours goes; only what went wrong."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)
