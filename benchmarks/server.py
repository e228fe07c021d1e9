"""``trunkline serve`` as a process of its own: what is signalled, killed and restarted."""

import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import aiohttp
import psutil

READY_LIMIT = 60.0
"""Seconds for imports and models."""

READY = "Ctrl-C stops."

COMMAND = "import sys; from trunkline.cli import main; sys.exit(main())"


class ServerFailed(Exception):
    """A server did not start; the text is its log."""


class Server:
    """``async with Server(file, environment, log) as server``: answers on :attr:`url`; killed at the end.

    Args:
        file: the pipeline file that it serves.
        environment: its variables; it sees no others.
        log: where it writes what it logs, behind what stands there.
        port: to listen on; 0 for a free one.
        workers: processes that share its calls.

    Raises:
        ServerFailed: on entering.
    """

    def __init__(
        self, file: Path, environment: Mapping[str, str], log: Path, *, port: int = 0, workers: int = 1
    ) -> None:
        self.log = log
        self.url = f"http://127.0.0.1:{port or free_port()}"
        self._file = file
        self._environment = {"PYTHONUNBUFFERED": "1", **environment}
        self._workers = workers
        self._process: Process

    async def __aenter__(self) -> Self:
        arguments = ("serve", str(self._file), "--port", self.url.rpartition(":")[2])
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", COMMAND, *arguments, "--workers", str(self._workers)),
                env=self._environment,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(READY_LIMIT):
                await self._ready()
        except TimeoutError:
            await self.kill()
            raise ServerFailed(self.log.read_text()) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    def workers(self) -> list[psutil.Process]:
        """Its worker processes, in the order in which they were started."""
        found: list[psutil.Process] = psutil.Process(self._process.pid).children()
        return sorted(found, key=psutil.Process.create_time)

    async def ready_workers(self) -> int:
        """How many of them take calls; 0 if none answers."""
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
                return int((await answer.json())["ready"])
        except aiohttp.ClientError:
            return 0

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait until it has ended by itself; its exit code."""
        return await self._process.wait()

    async def kill(self) -> None:
        """``kill -9``, its workers too."""
        if self._process.returncode is None:
            children = self.workers()
            self._process.kill()
            for child in children:
                child.kill()
        await self._process.wait()

    async def _ready(self) -> None:
        assert self._process.stdout is not None
        shown = ""
        while READY not in shown:
            line = await self._process.stdout.readline()
            if not line:
                raise ServerFailed(self.log.read_text())
            shown += line.decode()
        assert re.search(rf"on {re.escape(self.url)}\b", shown), shown


def free_port() -> int:
    """One that nobody listens on for the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
