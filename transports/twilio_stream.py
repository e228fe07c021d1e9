"""One call's way to the caller: what goes out, how far ahead, and the gate that a barge-in shuts.

Audio goes out as fast as it comes up to a lead of a few seconds: Twilio buffers and paces, so a stall of ours
is not heard. All sends are made by one task; nobody in the pipeline ever waits for the socket.

Every message of sound is made in one place (:meth:`TwilioStream._as_heard`: content in, as many bytes out),
and while nothing is to be said :meth:`TwilioStream._next` returns None. Other sound that was sent ahead of
content is taken back, without loss of any, by :meth:`TwilioStream._restart`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Protocol

from loguru import logger

from transports.bed import Bed
from transports.errors import LocalProtocolError, PeerStalled
from transports.gain import gain
from transports.playback import HeardText, Playback
from transports.reach import Reach

Send = Callable[[str], Awaitable[None]]

LEAD = 4.0
"""Seconds of sound kept at the carrier."""

MESSAGE = 4000
"""Bytes of audio in one message at most: 500 ms. A barge-in clears what was sent, whatever its size."""

MARK_EVERY = 8000
"""Bytes of audio after which a mark is due at the latest: 1 s."""

DUCK = -12.0
"""Decibels of a ducked agent: clearly in the background, and every word still understood."""

QUIETER = gain(DUCK)

STALL = 5.0
"""Seconds that messages which are due may take to be accepted before the peer counts as stalled."""

MARK_STALL = 6.0
"""Seconds that a mark may be late, at a peer that has returned others, before it counts as stalled.

The buffers on the way take more than a minute of sound before a message is not accepted.
"""


class Commands(Protocol):
    """The outbound half of the stream's protocol: each method makes one message."""

    def media(self, mulaw: bytes) -> str: ...
    def mark(self, name: str) -> str: ...
    def clear(self) -> str: ...


class Mode(Enum):
    """How the agent's sound goes out."""

    FULL = "full"
    DUCKED = "ducked"
    HELD = "held"


class TwilioStream:
    """What the caller is sent. Made before the caller's socket is there; :meth:`attach` connects it.

    Args:
        ambience: mu-law of a room that is heard the whole time, as a loop; None for silence.
    """

    def __init__(self, ambience: bytes | None = None) -> None:
        self.playback = Playback()
        self.reach = Reach()
        self.on_started: Callable[[], None] = lambda: None
        """Called when sound goes out into silence."""
        self.on_progress: Callable[[], None] = lambda: None
        """Called when sound went out or a mark came back: what was waiting for it may be due."""
        self.on_words: Callable[[], None] = lambda: None
        """Called when other words than before are being heard, or are still to be heard."""
        self.on_cut: Callable[[], None] = lambda: None
        """Called when a barge-in has cut the line."""
        self.on_failure: Callable[[PeerStalled], None] = lambda _: None
        """Called once, when the carrier stops reading."""
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._mode = Mode.FULL
        self._clearing = False
        self._probing = False
        self._gate_open = True
        self._cut_by: frozenset[int] = frozenset()
        self._heard_at_cut: list[HeardText] = []
        self._returns_marks = False
        self._bed = Bed(ambience) if ambience else None
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, send: Send, commands: Commands) -> None:
        """Connect to the caller. What was queued before the first socket goes out now."""
        self.detach()
        self._returns_marks = self._clearing = False
        self._probing = True
        self.playback.clock.reconnect()
        if self._bed is not None:
            self._bed.drop(self._loop.time())
        self._writer = self._loop.create_task(self._write(send, commands), name="twilio-writer")
        self._writer.add_done_callback(self._written)
        self._wake.set()

    @property
    def is_attached(self) -> bool:
        """Whether there is a caller's socket."""
        return self._writer is not None

    def detach(self) -> None:
        """The socket is gone; what was not heard is held back, and the conversation decides over it."""
        if self._writer is not None:
            self._writer.cancel()
            self.hold()
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
            self.playback.queue(mulaw[start : start + MESSAGE])
            if self.playback.unmarked >= MARK_EVERY:
                self.playback.plan_mark()
        self._wake.set()

    def mark(self) -> None:
        """Ask to be told when all audio queued so far has been played."""
        self.playback.plan_mark()
        self._wake.set()

    def marked(self, name: str) -> None:
        """The carrier returned a mark."""
        now = self._loop.time()
        if self.playback.marked(name, now):
            self.reach.proven(self.playback.proven, now)
            self._returns_marks = True
            self._wake.set()
            self.on_progress()

    # The caller makes a sound.

    @property
    def is_playing(self) -> bool:
        """Whether sound is being heard, or held back."""
        return self.left(self._loop.time()) > 0

    def left(self, now: float) -> float:
        """Seconds of sound that is here and was not heard yet."""
        return self.playback.left(now)

    def lay(self, background: bytes | None) -> None:
        """Have another sound be heard behind the voice from now on, as a loop; None for silence."""
        if self._bed is not None and self._bed.is_ahead(self._loop.time()):
            self._take_ambience_back()
        self._bed = Bed(background) if background else None
        self._wake.set()

    def duck(self) -> None:
        """Play on 12 dB quieter, unless it is held back already."""
        if self.is_playing and self._mode is Mode.FULL:
            self._mode = Mode.DUCKED
            self._restart()

    def hold(self) -> None:
        """Fall silent; what was not heard is kept."""
        if self.is_playing and self._mode is not Mode.HELD:
            self._mode = Mode.HELD
            self._restart()

    def play_on(self) -> None:
        """Be heard as before; what was held back begins with the word that was broken off."""
        mode, self._mode = self._mode, Mode.FULL
        if mode is Mode.HELD:
            self.playback.rewind_to_word(self._loop.time())
            self._wake.set()
        elif mode is Mode.DUCKED and self.is_playing:
            self._restart()

    def _restart(self) -> None:
        """Have the carrier drop what it has not played; from there on it is sent again."""
        if not self.playback.silent():
            self._clear()
        self.playback.rewind(self._loop.time())
        self._wake.set()

    def _clear(self) -> None:
        """``clear`` is the next message; what is said next, is said into silence."""
        self._clearing = self._probing = True
        if self._bed is not None:
            self._bed.drop(self._loop.time())

    def cut(self, interruption: frozenset[int]) -> None:
        """Barge-in: order ``clear``, drop what has not gone out, shut the gate.

        An interruption comes twice, upstream and downstream; the ids of its two frames tell that it is the
        same, and the second changes nothing.
        """
        if self._cut_by & interruption:
            return
        self._cut_by = interruption
        self._gate_open = False
        if self._mode is not Mode.HELD and not self.playback.silent():
            self._clear()
        self._mode = Mode.FULL
        self._heard_at_cut += self.playback.cut(self._loop.time())
        self.reach.cut()
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
        content = self.playback.next()
        if self._mode is Mode.HELD or not (content or self.playback.mark_is_due):
            return self._ambience(commands)
        if self._bed is not None and self._bed.is_ahead(self._loop.time()):
            self._take_ambience_back()
            return self._next(commands)
        if self.playback.mark_is_due:
            return commands.mark(self.playback.mark())
        if self._probing:
            self._probing = False
            return commands.mark(self.playback.probe(self._loop.time()))
        return self._media(content, commands)

    def _media(self, content: bytes, commands: Commands) -> str | None:
        """The agent's sound as a message, unless the carrier holds enough."""
        now = self._loop.time()
        if self._returns_marks and self.playback.overdue(now) > MARK_STALL:
            raise PeerStalled(f"the carrier returned no mark for {MARK_STALL:.0f} s")
        if (wait := self.playback.lead(now) - LEAD) > 0:
            self._later(wait)
            return None
        if self.playback.sent == self.playback.played(now):
            self.on_started()
        self.playback.send(len(content), now)
        self.reach.sent(self.playback.sent, now)
        self.on_progress()
        return commands.media(self._as_heard(content))

    def _as_heard(self, content: bytes) -> bytes:
        """What goes out for a piece of the agent's sound: as many bytes."""
        voice = content.translate(QUIETER) if self._mode is Mode.DUCKED else content
        return voice if self._bed is None else self._bed.under(voice, self._loop.time())

    def _ambience(self, commands: Commands) -> str | None:
        """Ambience alone as a message, unless there is none, or the carrier holds enough."""
        if self._bed is None:
            return None
        now = self._loop.time()
        if wait := self._bed.wait(now, self.playback.lead(now)):
            self._later(wait)
            return None
        return commands.media(self._bed.alone(now))

    def _take_ambience_back(self) -> None:
        """What is said now must not wait for it; a rest of the voice ahead of it is sent once more."""
        if not self.playback.silent():
            self.playback.rewind(self._loop.time())
        self._clear()

    def _written(self, writer: asyncio.Task[None]) -> None:
        """A writer that breaks leaves the caller in silence: the stream ends, and the next one goes on."""
        if not writer.cancelled() and (error := writer.exception()) is not None:
            logger.opt(exception=error).error("writing to the carrier broke")
            self.on_failure(PeerStalled(f"writing to the carrier broke ({type(error).__name__})"))

    def _later(self, seconds: float) -> None:
        """Look again once Twilio has played some of what it holds."""
        if self._timer is not None:
            if self._timer.when() <= self._loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        self._wake.set()
