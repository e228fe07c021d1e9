"""Watches call starts: what they cost, and how long each stretch was in which they held up the event loop.

A start is all from the webhook's call of the switchboard to a pipeline that takes frames.
"""

import asyncio
import cProfile
import functools
import gc
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Any

from pipecat.pipeline.worker import PipelineWorker

from trunkline.call import Call
from trunkline.line import Line
from trunkline.running import RunningPipeline
from trunkline.session import Session
from trunkline.switchboard import Switchboard

PARTS: dict[str, tuple[type, str]] = {
    "session, all of it": (Session, "__init__"),
    ". call and context": (Call, "__init__"),
    ". running pipeline": (RunningPipeline, "__init__"),
    ". . composing the stages": (Line, "stages"),
    ". . the pipeline's worker": (PipelineWorker, "__init__"),
}
"""Functions that make a call; those with a dot are part of the one above."""


@dataclass
class Starts:
    """Milliseconds, one value a start."""

    cpu: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    longest_cpu: list[float] = field(default_factory=list)
    """CPU time of the longest stretch: a neighbour who takes the core away does not count."""
    longest: list[float] = field(default_factory=list)
    """What a clock on the wall says of the same stretch."""
    parts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    collecting: list[float] = field(default_factory=list)
    """Of it, what Python took to look for garbage."""
    stretches: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By what ran."""


class Window:
    """Open from the webhook to the started pipeline, of one call at a time."""

    def __init__(self, profile: cProfile.Profile | None = None) -> None:
        self.starts = Starts()
        self.is_open = False
        self._profile = profile
        self._longest = (0.0, 0.0)
        self._begun = (0.0, 0.0)
        self._collected = self._collecting_since = 0.0

    def open(self) -> None:
        self.is_open = True
        self._longest = (0.0, 0.0)
        self._collected = 0.0
        self._begun = perf_counter(), thread_time()
        if self._profile is not None:
            self._profile.enable()

    def close(self) -> None:
        if self._profile is not None:
            self._profile.disable()
        self.starts.took.append(1000 * (perf_counter() - self._begun[0]))
        self.starts.cpu.append(1000 * (thread_time() - self._begun[1]))
        self.starts.collecting.append(1000 * self._collected)
        self.is_open = False

    def collect(self, phase: str, _: object) -> None:
        """What ``gc`` calls."""
        if phase == "start":
            self._collecting_since = thread_time()
        else:
            self._collected += thread_time() - self._collecting_since

    def stretch(self, wall: float, cpu: float, name: str) -> None:
        """The loop was held up for so long while the window was open, or opened, or closed."""
        self._longest = max(self._longest, (1000 * cpu, 1000 * wall))
        self.starts.stretches[name].append(1000 * cpu)
        if not self.is_open:
            self.starts.longest_cpu.append(self._longest[0])
            self.starts.longest.append(self._longest[1])


@contextmanager
def watched(window: Window) -> Iterator[None]:
    """The product's functions open and close the window, and tell it how long they took."""
    ring, start = Switchboard.ring, RunningPipeline._start

    def opened(*args: Any, **options: Any) -> Session:
        window.open()
        return ring(*args, **options)

    async def started(*args: Any) -> None:
        await start(*args)
        window.close()

    with ExitStack() as stack:
        gc.callbacks.append(window.collect)
        stack.callback(gc.callbacks.remove, window.collect)
        for name, (owner, method) in PARTS.items():
            replace(stack, owner, method, timed(window, name, getattr(owner, method)))
        replace(stack, Switchboard, "ring", opened)
        replace(stack, RunningPipeline, "_start", started)
        yield


def replace(stack: ExitStack, owner: type, method: str, by: Callable[..., Any]) -> None:
    stack.callback(setattr, owner, method, getattr(owner, method))
    setattr(owner, method, by)


def timed(window: Window, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        begun = thread_time()
        try:
            return function(*args, **options)
        finally:
            if window.is_open:
                window.starts.parts[name].append(1000 * (thread_time() - begun))

    return call


@contextmanager
def callbacks_timed(window: Window) -> Iterator[None]:
    """Each callback of asyncio's own loop is a stretch, named by what it ran."""

    def run(handle: asyncio.Handle) -> None:
        was_open, name, wall, cpu = window.is_open, label(handle), perf_counter(), thread_time()
        original(handle)
        if was_open or window.is_open:
            window.stretch(perf_counter() - wall, thread_time() - cpu, name)

    with ExitStack() as stack:
        original: Callable[[asyncio.Handle], None] = vars(asyncio.Handle)["_run"]
        replace(stack, asyncio.Handle, "_run", run)
        yield


def label(handle: asyncio.Handle) -> str:
    """What a callback runs: a task's coroutine, or a function."""
    callback = handle._callback  # type: ignore[attr-defined]
    owner = getattr(callback, "__self__", None)
    if not isinstance(owner, asyncio.Task):
        return str(getattr(callback, "__qualname__", type(callback).__name__))
    runs = str(getattr(owner.get_coro(), "__qualname__", ""))
    # Pipecat runs all its tasks in one function, and numbers their names.
    return re.sub(r"#\d+", "", owner.get_name()) if runs.startswith("TaskManager") else runs


@contextmanager
def turns_timed(window: Window) -> Iterator[None]:
    """A callback takes its turn again and again; what lies between two turns is a stretch."""
    loop, is_over, was_open = asyncio.get_running_loop(), False, False
    wall = cpu = 0.0

    def turn() -> None:
        nonlocal wall, cpu, was_open
        if window.is_open or was_open:
            window.stretch(perf_counter() - wall, thread_time() - cpu, "turn")
        was_open, wall, cpu = window.is_open, perf_counter(), thread_time()
        if not is_over:
            loop.call_soon(turn)

    loop.call_soon(turn)
    yield
    is_over = True
