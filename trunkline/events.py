"""What happens in calls, as it happens, for whoever watches: the terminal, a console, a test.

Watching costs nothing while nobody does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

BACKLOG = 1000
"""Events that a slow watcher may fall behind before its oldest are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in a call."""

    call: str
    """The call's ``CallSid``."""
    at: float
    """Seconds on the event loop's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted(Event):
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSpeaking(Event):
    """Words of the caller so far; they may still change."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSaid(Event):
    """A turn of the caller."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSaid(Event):
    """What the caller heard of a reply."""

    text: str
    interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled(Event):
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Event):
    """A reply became audible; milliseconds since the caller stopped speaking."""

    latency: "Latency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """Something went wrong in the call."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Latency:
    """Where the time between a caller's last sound and the reply's first byte went. Milliseconds."""

    total: float
    listening: float
    """Until the turn counted as over: transcription and endpointing."""
    thinking: float
    """Until the model's first token."""
    speaking: float
    """From the first text handed to the voice to its first sound."""

    @property
    def other(self) -> float:
        """What our own stages took."""
        return self.total - self.listening - self.thinking - self.speaking


class Watchers:
    """Hands events to those who watch; drops them when nobody does."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Event]] = set()

    def __bool__(self) -> bool:
        return bool(self._queues)

    def tell(self, event: Event) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @contextmanager
    def watching(self) -> Any:
        """``with watchers.watching() as events: async for event in events: ...``"""
        queue: asyncio.Queue[Event] = asyncio.Queue(BACKLOG)
        self._queues.add(queue)
        try:
            yield _drain(queue.get)
        finally:
            self._queues.discard(queue)


async def _drain(get: Callable[[], Any]) -> AsyncIterator[Event]:
    while True:
        yield await get()
