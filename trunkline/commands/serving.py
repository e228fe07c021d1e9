"""Serving until told to stop: what ``serve`` and ``run`` share."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trunkline import loader, logs, otlp, settings, terminal
from trunkline.commands.serve import NO_FILE
from trunkline.errors import LineError, TrunklineError
from trunkline.loader import Loaded
from trunkline.settings import Settings

if TYPE_CHECKING:
    from trunkline.server.service import Service

STOPPING = (signal.SIGINT, signal.SIGTERM)


def start(paths: Sequence[Path], host: str, port: int, *, single: bool = False, workers: int = 1) -> int:
    """Serve pipeline files until a signal comes.

    Args:
        paths: files and folders; none for the usual folder.
        host: address to listen on.
        port: 0 takes a free one.
        single: let the only line answer whatever number is called.
        workers: processes that share the calls.

    Returns:
        The exit code.

    Raises:
        TrunklineError: a setting is missing, no line is left to serve, or the port is not to be had.
    """
    values = settings.load()
    values.require()
    otlp.check(values)
    if workers > 1:
        from trunkline.commands.workers import shared

        values = shared(values)
    logs.configure(values.log_level, logs.secrets(values))
    loaded, wrong = loader.load_all(loader.find(paths))
    if not loaded:
        raise nothing_left(wrong)
    complain_of(wrong)
    if workers > 1:
        from trunkline.commands.workers import serve_with

        return serve_with(workers, values, loaded, host, port, single=single)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve(values, loaded, host, port, single=single))
    return 0


async def serve(
    values: Settings, loaded: Sequence[Loaded], host: str, port: int, *, single: bool = False
) -> None:
    """Serve lines until SIGINT or SIGTERM, and the calls until they are over; a second one hands them over.

    Raises:
        TrunklineError: no line is left to serve, or the port is not to be had.
    """
    from trunkline import garbage
    from trunkline.campaigns import standby
    from trunkline.commands.announcement import announce, farewell
    from trunkline.server.service import Service  # takes seconds: after all that fails fast

    service = Service(values, loaded, host=host, port=port, single=single)
    with until_signal() as signals:
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(listening(service, host, port))
            except LineError as error:
                raise nothing_left(service.wrong) from error
            garbage.settle(service.switchboard)
            complain_of(service.wrong)
            served = [one for one in loaded if any(plan.line is one.line for plan in service.plans)]
            announce(service.url, served, values.public_url, single=single)
            await stack.enter_async_context(standby.beside(service))
            await signals.stop.wait()
            farewell(len(service.switchboard.calls))
            await service.drain(signals.hurry)


@asynccontextmanager
async def listening(service: Service, host: str, port: int) -> AsyncIterator[None]:
    """A server that takes calls for as long as the context lasts.

    Raises:
        TrunklineError: the port is not to be had.
    """
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(service)
        except OSError as error:
            raise not_listening(error, host, port) from error
        yield


@dataclass(frozen=True, slots=True)
class Signals:
    """What stopping signals have said so far; a third ends the process at once."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first one."""
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the second."""


@contextmanager
def until_signal() -> Iterator[Signals]:
    """Events that stopping signals set."""
    loop = asyncio.get_running_loop()
    signals = Signals()
    before = {number: signal.getsignal(number) for number in STOPPING}

    def told() -> None:
        if not signals.stop.is_set():
            signals.stop.set()
            return
        signals.hurry.set()
        for number in STOPPING:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in STOPPING:
        loop.add_signal_handler(number, told)
    try:
        yield signals
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where it is installed; None for asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def complain_of(wrong: Sequence[LineError]) -> None:
    """Name the files that do not answer a phone."""
    for error in wrong:
        terminal.complain(str(error))


def nothing_left(wrong: Sequence[LineError]) -> TrunklineError:
    """The last of the errors that leave no line to serve; the others are named at once."""
    complain_of(wrong[:-1])
    return wrong[-1] if wrong else TrunklineError(NO_FILE)


def not_listening(error: OSError, host: str, port: int) -> Exception:
    """The person's error for a socket that cannot be opened; other failures are ours and stay as they are."""
    if error.errno == errno.EADDRINUSE:
        return TrunklineError(
            f"port {port} is taken on {host}: stop what listens there, or choose another, "
            f"as with --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return TrunklineError(f"port {port} is not allowed for this user: choose one above 1023 with --port")
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return TrunklineError(f"{host} is not an address of this machine: --host 0.0.0.0 listens on all")
    return error
