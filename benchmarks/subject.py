"""A subject's process: started on a core of its own, asked how late its loop runs, ended."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import defpath
from pathlib import Path
from typing import Any, Self

from benchmarks.machine import Usage, pinned, usage
from benchmarks.result import Lag

ROOT = Path(__file__).parents[1]

READY_LIMIT = 120.0
"""Seconds for imports and models."""

ANSWER_LIMIT = 30.0
"""Seconds for an answer; a subject that cannot keep up takes its time."""

END_LIMIT = 10.0
"""Seconds after which a subject that should end is killed."""


class SubjectMissing(Exception):
    """A subject cannot be measured here; the text says what to install."""


class SubjectFailed(Exception):
    """A subject did not start, or did not answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A subject that can be measured."""

    name: str
    calls: tuple[int, ...]
    """How many at once, by default."""
    calls_per_second: float
    """How fast they start, so that no subject is measured by its start alone."""
    install: str
    """What it needs to be installed."""
    python: Path = Path(sys.executable)
    """The interpreter of its environment."""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("trunkline", (1, 20, 60, 80, 100), 10, "make setup"),
        Kind("floor", (1, 60, 80), 10, "make setup"),
        Kind(
            "stock",
            (1, 4, 6),
            1,
            "make bench-peers",
            ROOT / ".venv-stock/bin/python",
        ),
        Kind(
            "livekit",
            (1, 10, 15),
            1,
            "make bench-peers",
            ROOT / ".venv-livekit/bin/python",
        ),
    )
}


class Subject:
    """``async with Subject(kind, environment) as subject``: takes calls at :attr:`voice_url`.

    Args:
        kind: which one.
        environment: leads it to its vendors; it sees no other.
        core: on which it runs.
        arguments: more of its command line.

    Raises:
        SubjectMissing: on entering, when something is not installed.
        SubjectFailed: on entering, when it does not get ready.
    """

    def __init__(
        self, kind: Kind, environment: Mapping[str, str], core: int, arguments: Sequence[str] = ()
    ) -> None:
        self._kind = kind
        self._arguments = arguments
        self._environment = {**environment, "PATH": defpath, "PYTHONUNBUFFERED": "1"}
        self._core = core
        self._complaints: list[str] = []

    async def __aenter__(self) -> Self:
        self._process = await self._start()
        self._listening = asyncio.create_task(self._collect())
        try:
            ready = await self._read(READY_LIMIT)
        except SubjectFailed:
            await self.end()
            raise self._explained() from None
        self.voice_url = f"http://127.0.0.1:{ready['port']}/twilio/voice"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def complaints(self) -> list[str]:
        """Lines that it logged."""
        return self._complaints

    def usage(self) -> Usage:
        """What it and its children have used."""
        return usage(self.pid)

    async def lag(self) -> Lag:
        """How late its loop ran since this was last asked."""
        return Lag(**await self.ask("lag"))

    async def ask(self, question: str) -> dict[str, Any]:
        """Ask it something of its probe."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{question}\n".encode())
        return await self._read(ANSWER_LIMIT)

    async def end(self) -> None:
        """Tell it to end, and kill it if it does not."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(END_LIMIT):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        await self._listening

    async def _start(self) -> Process:
        if not self._kind.python.exists():
            raise SubjectMissing(f"{self._kind.name} skipped; install it with: {self._kind.install}")
        module = f"benchmarks.subjects.{self._kind.name}"
        command = [str(self._kind.python), "-m", module, "--port", "0", *self._arguments]
        # A child inherits the core, and whatever counts cores as it is imported counts one.
        with pinned(self._core):
            return await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT, env=self._environment
            )

    async def _read(self, limit: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(limit):
                line = await self._process.stdout.readline()
            answer: dict[str, Any] = json.loads(line)
        except (TimeoutError, ValueError) as error:
            raise SubjectFailed(f"{self._kind.name} did not answer") from error
        return answer

    async def _collect(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._complaints.append(line.decode(errors="replace").rstrip())

    def _explained(self) -> Exception:
        """Why it did not get ready."""
        last = next((line for line in reversed(self._complaints) if line.strip()), "no word on stderr")
        if last.startswith(("ModuleNotFoundError", "ImportError")):
            return SubjectMissing(
                f"{self._kind.name} skipped ({last}); install it with: {self._kind.install}"
            )
        return SubjectFailed(f"{self._kind.name} did not get ready: {last}")
