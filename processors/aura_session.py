"""Has texts spoken by Aura over one socket after the other, whatever becomes of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from processors.aura_socket import AuraSocket, Spawn
from processors.aura_sockets import PATIENCE, AuraSockets
from processors.deepgram import Socket
from processors.deepgram_socket import SocketClosed
from processors.errors import VendorError, VendorUnavailable
from processors.utterances import SHARED_CHARACTERS, Group, Hold, Utterances

CLEAR_LIMIT = 0.4
"""Seconds that a text may wait for what was cancelled to be over."""

FLUSH_RESERVE = 5
"""Flushes a minute that are kept for the beginnings and the ends of replies."""


@dataclass(frozen=True, slots=True)
class Forbearance:
    """How much is borne of Aura until it counts as down."""

    silence: float = 3.0
    """Seconds after a Flush, or within its audio, in which something must come."""
    silences: int = 2
    """Silences in a row."""
    voiceless: int = 3
    """Texts in a row without any audio."""
    connecting: float = PATIENCE
    """Seconds without a socket."""
    waits_for_quota: bool = True
    """Whether another call may give a socket back in that time."""


ALONE = Forbearance()
"""Nobody else could speak."""

BACKED = Forbearance(silence=1.5, silences=1, voiceless=1, connecting=1.5, waits_for_quota=False)
"""Somebody else can: the caller has waited long enough."""


class Opening(Protocol):
    """Opens sockets."""

    voice: str
    """Of the last one."""

    def want(self, voice: str) -> None: ...
    async def open(self) -> Socket: ...


class AuraSession:
    """Sends what utterances want to be sent, and brings them the audio.

    Nothing here waits, so an interruption is over at once; what takes time is done in tasks.

    Args:
        utterances: what is to be spoken.
        opening: opens sockets, each of one voice; raises ``VendorError``.
        spawn: starts a task that the owner watches over.
        stirred: told whenever utterances may have something new to take.
        failed: told when nothing of what was asked for will be spoken here, and why.
        forbearance: until then.
    """

    def __init__(
        self,
        utterances: Utterances,
        opening: Opening,
        spawn: Spawn,
        stirred: Callable[[], None],
        failed: Callable[[VendorError], None],
        forbearance: Forbearance = ALONE,
    ) -> None:
        self.is_active = True
        """Whether utterances are its concern: another speaker may be at work."""
        self._utterances = utterances
        self._voices = opening
        self._stirred = stirred
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._sockets = AuraSockets(
            opening.open,
            spawn,
            self,
            self._is_needed,
            self.pump,
            self._fail,
            forbearance.connecting,
            forbearance.waits_for_quota,
        )
        self._forbearance = forbearance
        self._alarm: asyncio.TimerHandle | None = None
        self._blocked_since: float | None = None
        self._progress_at = 0.0
        self._silences = 0
        self._voiceless = 0
        self._warned: set[str] = set()
        self._is_over = False

    @property
    def is_ready(self) -> bool:
        """Whether there is a socket."""
        return self._sockets.current is not None

    def open(self) -> None:
        """Have a socket ready before it is needed."""
        if not self.is_ready:
            self._sockets.open()

    def begin(self) -> None:
        """What is said from here on belongs together."""

    def rest(self) -> None:
        """Have nothing more to do with utterances, nor a socket."""
        self.is_active = False
        self._stop_alarm()
        self._sockets.rest()

    def prepare(self, voice: str, language: str = "") -> None:
        """Have a socket of this voice ready, unless another one is still speaking."""
        if voice != self._voices.voice and not self._utterances.need_a_vendor:
            self._turn_to(voice)
            self._replace()

    def pump(self) -> None:
        """Send what may be sent now, and arrange for what it takes to send the rest."""
        if self._is_over or not self.is_active:
            return
        if not self._utterances.need_a_vendor:
            self._sockets.useful()
            self._renew()
        while (group := self._utterances.next_to_send) is not None:
            socket = self._socket_for(group)
            if socket is None:
                break
            self._send(group, socket)
        self._set_alarm()

    def interrupt(self) -> None:
        """Drop what may be interrupted; nothing of it will be taken from here on."""
        self._blocked_since = None
        self._dropped(self._utterances.interrupt())

    def withdraw(self, hold: Hold) -> None:
        """Drop what was held: it is not to be heard at all."""
        self._dropped(self._utterances.withdraw(hold))

    def _dropped(self, on_its_way: bool) -> None:
        socket = self._sockets.current
        if on_its_way and socket is not None:
            # Clear knows no exceptions: what must go on goes on elsewhere.
            if self._utterances.awaited is None:
                socket.clear()
            else:
                self._replace()
        self.pump()

    async def close(self) -> None:
        """Leave nothing behind."""
        self._is_over = True
        self._stop_alarm()
        await self._sockets.close()

    # What the socket tells.

    def audio_came(self, socket: AuraSocket, audio: bytes) -> None:
        if socket is not self._sockets.current:
            return
        if self._utterances.hear(audio):
            self._progress_at = self._loop.time()
            self._silences = 0
            self._sockets.useful()
            self._stirred()
            return
        socket.fence.stale(self._loop.time())
        if socket.fence.is_breached:
            self._replace()

    def flushed(self, socket: AuraSocket) -> None:
        group = self._utterances.awaited
        if socket is not self._sockets.current or group is None or group.flushed_at is None:
            return
        self._progress_at = self._loop.time()
        if group.has_sound:
            self._voiceless = 0
            self._complete(group)
        elif not group.is_retried:
            group.is_retried = True
            self._replace()
        else:
            self._voiceless += 1
            if self._voiceless >= self._forbearance.voiceless:
                self._fail(
                    VendorUnavailable("Deepgram", f"had no sound for {self._voiceless} texts in a row")
                )
            else:
                self._complete(group)

    def cleared(self, socket: AuraSocket) -> None:
        if socket is self._sockets.current:
            self.pump()

    def warned(self, code: str, description: str) -> None:
        if code not in self._warned:
            self._warned.add(code)
            logger.warning(f"Deepgram warns on the speak socket: {code} ({description})")

    def closed(self, socket: AuraSocket, why: SocketClosed) -> None:
        if socket is self._sockets.current:
            if self.is_active:
                self._forget()
            self._sockets.lost(VendorUnavailable("Deepgram", f"broke off speaking ({why})"))

    # Sending.

    def _socket_for(self, group: Group) -> AuraSocket | None:
        """Where ``group`` may be sent now. If nowhere, that is being changed."""
        socket, now = self._sockets.current, self._loop.time()
        if socket is None:
            self._turn_to(group.label.voice)
            self._sockets.open()
        elif group.sent_at is not None:
            return socket  # its room and its Flush were there when it was begun
        elif group.label.voice not in ("", self._voices.voice):
            if self._utterances.awaited is None:
                self._turn_to(group.label.voice)
                self._replace()
        elif socket.is_stalled or not socket.fence.is_open(now):
            self._wait_or_replace(socket, now)
        elif _has_room(socket, group, now):
            return socket
        elif self._utterances.awaited is None:
            self._replace()
        return None

    def _turn_to(self, voice: str) -> None:
        if voice:
            self._voices.want(voice)

    def _wait_or_replace(self, socket: AuraSocket, now: float) -> None:
        if self._blocked_since is None:
            self._blocked_since = now
        if socket.is_stalled or socket.fence.is_breached or now >= self._blocked_since + CLEAR_LIMIT:
            self._replace()

    def _send(self, group: Group, socket: AuraSocket) -> None:
        now = self._loop.time()
        self._blocked_since = None
        self._sockets.used()
        if group.unsent:
            socket.speak(group.unsent)
            group.begin(now)
        reserve = 1 if group.opening else FLUSH_RESERVE
        if group.is_closed or socket.limits.flushes_left(now) > reserve:
            socket.flush()
            group.end(now)

    def _complete(self, group: Group) -> None:
        self._utterances.complete(group)
        self._stirred()
        self.pump()

    # Sockets.

    def _renew(self) -> None:
        """Replace a socket that is old, or that never got over a Clear, while nobody needs it."""
        socket, now = self._sockets.current, self._loop.time()
        if socket is not None and now >= min(socket.limits.retires_at, socket.fence.overdue_at):
            self._replace()

    def _replace(self) -> None:
        """Go on with a fresh socket."""
        self._forget()
        self._sockets.leave()
        self._sockets.open()

    def _forget(self) -> None:
        """Nothing more comes from this socket."""
        self._blocked_since = None
        self._utterances.lose()
        self._stirred()

    def _fail(self, error: VendorError) -> None:
        self._stop_alarm()
        self._blocked_since = None
        if self.is_active:
            self._utterances.lose()
        self._sockets.leave()
        self._silences = self._voiceless = 0
        self._failed(error)

    def _is_needed(self) -> bool:
        return self.is_active and self._utterances.need_a_vendor

    # Time.

    def _set_alarm(self) -> None:
        self._stop_alarm()
        times = self._deadlines()
        if times:
            self._alarm = self._loop.call_at(min(times), self._wake)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _deadlines(self) -> list[float]:
        """Loop times in seconds at which there may be something to do without anything having come."""
        socket = self._sockets.current
        if socket is None:
            return []
        times = []
        if not self._utterances.need_a_vendor:
            times += [socket.limits.retires_at, socket.fence.overdue_at]
        if self._blocked_since is not None:
            times.append(self._blocked_since + CLEAR_LIMIT)
            if not socket.fence.is_up:
                times.append(socket.fence.quiet_at)
        if (silence_at := self._silence_at()) is not None:
            times.append(silence_at)
        return times

    def _silence_at(self) -> float | None:
        """When it will have been silent for too long, if nothing comes."""
        group = self._utterances.awaited
        if group is None or group.flushed_at is None:
            return None
        return max(group.flushed_at, self._progress_at) + self._forbearance.silence

    def _wake(self) -> None:
        self._alarm = None
        silence_at = self._silence_at()
        if silence_at is not None and silence_at <= self._loop.time():
            self._silences += 1
            if self._silences >= self._forbearance.silences:
                self._fail(VendorUnavailable("Deepgram", "took text to speak and fell silent"))
                return
            self._replace()
        self.pump()


def _has_room(socket: AuraSocket, group: Group, now: float) -> bool:
    """Whether all of ``group`` and its Flush can be sent, and what may still join it."""
    characters = len(group.unsent) if group.is_closed else max(len(group.unsent), SHARED_CHARACTERS)
    flushes = 2 if group.opening and not group.is_closed else 1
    return socket.limits.have_room(characters, flushes, now)
