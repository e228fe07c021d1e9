"""What happens in calls, as it happens, for whoever watches: the terminal, a console, a test.

Watching costs nothing while nobody does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from trunkline.waterfall import Piece, Waterfall

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
    """The first byte of a reply is on the wire."""

    latency: Waterfall
    """Where the time since the caller's last sound went; not yet when it was played."""
    pieces: tuple[Piece, ...] = ()
    """The same in time, on the clock of ``at``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(Event):
    """A mark proved that the caller hears the reply."""

    played: float
    """Milliseconds since its first byte was on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeInRefuted(Event):
    """The caller made a sound while the agent spoke; it was no barge-in, and the agent was played on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent(Event):
    """What the call has cost so far, as far as it is known."""

    usd: float
    """US dollars, in all processes that have had the call."""
    more: float
    """Of these, what has come since it was told of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """Something went wrong in the call."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedOver(Event):
    """A vendor failed, and another stands in for it from now on."""

    stage: str
    """``stt``, ``llm`` or ``tts``."""
    to: str
    """Who stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    outcome: str
    reason: str


class Watchers:
    """Hands events to those who watch; drops them when nobody does.

    A tap is told as well, at once. It is no watcher, for whom words are caught that nobody else needs.
    """

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Event]] = set()
        self._taps: list[Callable[[Event], None]] = []

    def __bool__(self) -> bool:
        return bool(self._queues)

    @property
    def wanted(self) -> bool:
        """Whether anybody is told of an event."""
        return bool(self._taps) or bool(self)

    def tap(self, told: Callable[[Event], None]) -> None:
        """Have a function called with each event of this process's calls; it neither waits nor raises."""
        self._taps.append(told)

    def tell(self, event: Event) -> None:
        """Of a call of this process."""
        for told in self._taps:
            told(event)
        self.show(event)

    def show(self, event: Event) -> None:
        """Tell those who watch, of anybody's call."""
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
