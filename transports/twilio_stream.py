"""One call's way to the caller: what goes out, how far ahead, and the gate that a barge-in shuts.

Audio goes out as fast as it comes up to a lead of a few seconds: Twilio buffers and paces, so a stall of ours
is not heard. All sends are made by one task; nobody in the pipeline ever waits for the socket.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from transports.errors import LocalProtocolError, PeerStalled
from transports.playback import HeardText, Playback

Send = Callable[[str], Awaitable[None]]

LEAD = 4.0
"""Seconds of sound kept at the carrier."""

MESSAGE = 4000
"""Bytes of audio in one message at most: 500 ms. A barge-in clears what was sent, whatever its size."""

MARK_EVERY = 8000
"""Bytes of audio after which a mark is due at the latest: 1 s."""

STALL = 5.0
"""Seconds that messages which are due may take to be accepted before the peer counts as stalled."""

MARK_STALL = 8.0
"""Seconds that a mark may be late, at a peer that has returned others, before it counts as stalled.

The buffers on the way take more than a minute of sound before a message is not accepted.
"""


class Commands(Protocol):
    """The outbound half of the stream's protocol: each method makes one message."""

    def media(self, mulaw: bytes) -> str: ...
    def mark(self, name: str) -> str: ...
    def clear(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark is due here."""


MARK = _Mark()


class TwilioStream:
    """What the caller is sent. Made before the caller's socket is there; :meth:`attach` connects it."""

    def __init__(self) -> None:
        self.playback = Playback()
        self.on_started: Callable[[], None] = lambda: None
        """Called when sound goes out into silence."""
        self.on_progress: Callable[[], None] = lambda: None
        """Called when sound went out or a mark came back: what was waiting for it may be due."""
        self.on_cut: Callable[[], None] = lambda: None
        """Called when a barge-in has cut the line."""
        self.on_failure: Callable[[PeerStalled], None] = lambda _: None
        """Called once, when the carrier stops reading."""
        self._loop = asyncio.get_running_loop()
        self._outbound: deque[bytes | _Mark] = deque()
        self._wake = asyncio.Event()
        self._clearing = False
        self._gate_open = True
        self._cut_by: frozenset[int] = frozenset()
        self._heard_at_cut: list[HeardText] = []
        self._since_mark = 0
        self._returns_marks = False
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, send: Send, commands: Commands) -> None:
        """Connect to the caller. What was queued before goes out now; an earlier socket is forgotten."""
        self.detach()
        self._returns_marks = False
        self._writer = self._loop.create_task(self._write(send, commands), name="twilio-writer")
        self._writer.add_done_callback(self._written)
        self._wake.set()

    def detach(self) -> None:
        """The socket is gone; nothing goes out any more."""
        if self._writer is not None:
            self._writer.cancel()
        if self._timer is not None:
            self._timer.cancel()
        self._writer = self._timer = None

    def begin(self, text: str, *, append_to_context: bool) -> None:
        """The audio that follows speaks this text."""
        if self._gate_open:
            self.mark()
            self.playback.begin(text, append_to_context=append_to_context)

    def say(self, mulaw: bytes) -> None:
        """Queue audio (8 kHz mu-law); dropped while the gate is shut."""
        if not self._gate_open:
            return
        for start in range(0, len(mulaw), MESSAGE):
            chunk = mulaw[start : start + MESSAGE]
            self.playback.queue(len(chunk))
            self._outbound.append(chunk)
            self._since_mark += len(chunk)
            if self._since_mark >= MARK_EVERY:
                self.mark()
        self._wake.set()

    def mark(self) -> None:
        """Ask to be told when all audio queued so far has been played."""
        if self._since_mark:
            self._since_mark = 0
            self._outbound.append(MARK)
            self._wake.set()

    def marked(self, name: str) -> None:
        """The carrier returned a mark."""
        if self.playback.marked(name, self._loop.time()):
            self._returns_marks = True
            self._wake.set()
            self.on_progress()

    def cut(self, interruption: frozenset[int]) -> None:
        """Barge-in: order ``clear``, drop what has not gone out, shut the gate.

        An interruption comes twice, upstream and downstream; the ids of its two frames tell that it is the
        same, and the second changes nothing.
        """
        if self._cut_by & interruption:
            return
        self._cut_by = interruption
        self._gate_open = False
        self._outbound.clear()
        self._since_mark = 0
        self._clearing = self._clearing or not self.playback.silent()
        self._heard_at_cut += self.playback.cut(self._loop.time())
        self._wake.set()
        self.on_cut()

    def heard_at_cut(self) -> list[HeardText]:
        """Take what the caller had heard when the line was cut."""
        heard, self._heard_at_cut = self._heard_at_cut, []
        return heard

    def open_gate(self) -> None:
        """The next reply begins: audio goes out again."""
        self._gate_open = True

    async def _write(self, send: Send, commands: Commands) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                async with asyncio.timeout(STALL):
                    while (message := self._next(commands)) is not None:
                        await send(message)
            except TimeoutError:
                self.on_failure(PeerStalled(f"the carrier read nothing for {STALL:.0f} s"))
                return
            except PeerStalled as failure:
                self.on_failure(failure)
                return
            except (ConnectionError, LocalProtocolError):
                return  # the stream has just ended; the reading side sees the same and says so

    def _next(self, commands: Commands) -> str | None:
        """The next message that may go out now, if any.

        Raises:
            PeerStalled: it plays nothing any more.
        """
        if self._clearing:
            self._clearing = False
            return commands.clear()
        if not self._outbound:
            return None
        item = self._outbound[0]
        now = self._loop.time()
        if isinstance(item, _Mark):
            self._outbound.popleft()
            return commands.mark(self.playback.mark())
        if self._returns_marks and self.playback.overdue(now) > MARK_STALL:
            raise PeerStalled(f"the carrier returned no mark for {MARK_STALL:.0f} s")
        if (wait := self.playback.lead(now) - LEAD) > 0:
            self._later(wait)
            return None
        self._outbound.popleft()
        if self.playback.sent == self.playback.played(now):
            self.on_started()
        self.playback.send(len(item), now)
        self.on_progress()
        return commands.media(item)

    def _written(self, writer: asyncio.Task[None]) -> None:
        """A writer that breaks leaves the caller in silence: the stream ends, and the next one goes on."""
        if not writer.cancelled() and (error := writer.exception()) is not None:
            logger.opt(exception=error).error("writing to the carrier broke")
            self.on_failure(PeerStalled(f"writing to the carrier broke ({type(error).__name__})"))

    def _later(self, seconds: float) -> None:
        """Look again once Twilio has played some of what it holds."""
        if self._timer is None:
            self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        self._wake.set()
