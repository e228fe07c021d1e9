"""The way to Deepgram's ears: a listening socket, opened again whenever it breaks, with no audio lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic

from loguru import logger

from processors.backoff import SHORTEST, Backoff
from processors.deepgram import Socket
from processors.deepgram_socket import SocketClosed
from processors.errors import VendorBusy, VendorError, VendorProtocolError, VendorUnavailable
from processors.g711 import BYTES_PER_MS
from processors.listen_dialect import Dialect, Event, Filler
from processors.liveness import Liveness
from processors.replay import Replay

PROVEN_AFTER = 8.0
"""Seconds after which a socket that broke has been a good one, though it had nothing to say."""

BACKED_PATIENCE = 2.0
"""Seconds of failures after which somebody else is to listen, if there is somebody."""

BACKED_FAILURES = 2
"""Failures in a row that are borne in that case."""

LEAST_SLEEP = 0.01
"""Seconds; a timer may fire a moment early, and then must not be set for that moment."""

CLOSE_STREAM = '{"type":"CloseStream"}'

VENDOR = "Deepgram"


class ListenLink(Generic[Event]):
    """Feed it audio, run it, and it calls ``hear`` with events; stop it by cancelling :meth:`run`.

    Audio is kept from the last final result on, and sent again to the next socket.

    Args:
        dialect: how it is spoken to.
        filler: what keeps it from falling asleep when nothing was sent for a while, and how long a while is.
        connect: opens a socket; raises a VendorError.
        hear: called with each event, in order.
        lost: called when a socket broke and what was not final will be heard again.
        report: called with an error, and whether it is the end of trying.
        take: gives a socket that is open already, if there is one; asked once.
    """

    def __init__(
        self,
        dialect: Dialect[Event],
        filler: Callable[[], Filler],
        connect: Callable[[], Awaitable[Socket]],
        hear: Callable[[Event], Awaitable[None]],
        lost: Callable[[], None],
        report: Callable[[VendorError, bool], Awaitable[None]],
        take: Callable[[], Awaitable[Socket | None]] | None = None,
    ) -> None:
        self.replay = Replay(dialect.kept_ms)
        self.settled = 0
        """Place in the call up to which results are final."""
        self._dialect = dialect
        self._longest = dialect.longest
        self._filler = filler
        self._connect = connect
        self._hear = hear
        self._lost = lost
        self._report = report
        self._take = take
        self._loop: asyncio.AbstractEventLoop
        self._backoff = Backoff()
        self._socket: Socket | None = None
        self._work = asyncio.Event()
        self._orders: list[str] = []
        self._base = 0
        self._sent = 0
        self._began_at = self._sent_at = 0.0
        self._began_at_place = 0
        self._liveness = Liveness()
        self.is_backed = False
        """Whether somebody else can listen, so that nobody need be waited for."""
        self.in_trouble = True
        """Whether what is said may be understood late: no socket, or one that has to prove itself."""
        self.changed: Callable[[], None] = lambda: None
        """Told when :attr:`in_trouble` changes, and of the first proof of each socket."""
        self._is_proven = False
        self._verdict: VendorError | None = None
        self._untried = False
        self._finishing = False

    # What the stage tells it; nothing here waits.

    def feed(self, mulaw: bytes, *, patient: bool = False) -> None:
        """More of the caller's audio; sent at once, unless there is nothing in it that anybody waits for."""
        self.replay.append(mulaw)
        if self._socket is None or self._verdict is not None:
            return
        end = self.replay.end
        if self._sent < self.replay.start:
            self.condemn("stopped reading from the listening socket")
        elif self._liveness.overdue(end):
            self._liveness.died()
            self.condemn("fell silent on the listening socket")
        elif not patient or end - self._sent >= self._longest:
            self._send_now(end)

    def _send_now(self, end: int) -> None:
        """Send without waking a task, which costs more than the sending; it takes over where that fails."""
        audio = self.replay.read(self._sent, self._longest)
        if self._sent + len(audio) == end and not self._orders and self._socket_takes(audio):
            self._sent, self._sent_at = end, self._loop.time()
        else:
            self._work.set()

    def _socket_takes(self, audio: bytes) -> bool:
        return self._socket is not None and self._socket.send_at_once(audio)

    def speech_began(self) -> None:
        """The VAD hears the caller."""
        self._liveness.speech_began(self.replay.end)

    def speech_ended(self, place: int) -> None:
        """The VAD has heard the caller pause since this place of the call."""
        self._liveness.speech_ended(place)

    def place(self, seconds: float) -> int:
        """The place in the call of a moment on the socket's clock."""
        return min(self._sent, self._base + round(seconds * 1000 * BYTES_PER_MS))

    def settle(self, seconds: float) -> None:
        """What was said before this moment on the socket's clock is final."""
        self.settled = max(self.settled, self.place(seconds))
        self.forget(self.settled)

    def forget(self, place: int) -> None:
        """Audio before this place of the call need not be sent again."""
        self.replay.forget(place if self._socket is None else min(place, self._sent))

    def finish(self) -> bool:
        """No more audio will come. Says whether there is a socket that will be closed for that reason."""
        self._finishing = True
        return self.order(CLOSE_STREAM)

    def order(self, order: str) -> bool:
        """Send a text message behind all audio that was fed; says whether there is a socket to send it on."""
        if self._socket is None:
            return False
        self._orders.append(order)
        self._work.set()
        return True

    def condemn(self, found: str) -> None:
        """The socket is of no use any more, for this reason: take another."""
        if self._socket is not None:
            self._verdict = VendorUnavailable(VENDOR, found)
            self._socket.abort()

    def bear_less(self) -> None:
        """Give up sooner: somebody else can listen."""
        self.is_backed = True
        self._backoff = Backoff(BACKED_PATIENCE)

    def begin_anew(self) -> None:
        """To be run once more: what was said until now has been heard by somebody else."""
        self.forget(self.replay.end)
        self.settled = self.replay.end
        self._take = None
        self._backoff = Backoff(BACKED_PATIENCE) if self.is_backed else Backoff()
        self._liveness = Liveness()
        self._verdict, self._finishing = None, False

    @property
    def is_proven(self) -> bool:
        """Whether the socket at hand has shown that it is of use."""
        return self._is_proven

    def reopen(self, connect: Callable[[], Awaitable[Socket]]) -> None:
        """Go on with a socket that is opened in another way: what was not final is said again to it."""
        self._connect, self._take = connect, None
        if self._socket is not None:
            self._untried = True  # a break that is nobody's fault
            self._socket.abort()

    # What it does by itself.

    async def run(self) -> None:
        """Listen until the call is over, Deepgram refuses, or it has been of no use for too long."""
        while socket := await self._take_waiting() or await self._open():
            error = await self._serve(socket)
            if self._finishing or not (self._untried or await self._retries(error)):
                return

    async def _open(self) -> Socket | None:
        while True:
            deadline = self._backoff.attempt(_now())
            connect = self._connect
            try:
                async with asyncio.timeout_at(deadline):
                    socket = await connect()
                self._backoff.opened()
                if connect is self._connect:
                    return socket
                await socket.close()
                continue
            except TimeoutError:
                error: VendorError = VendorUnavailable(VENDOR, "did not open a listening socket in time")
            except VendorError as failure:
                error = failure
            if not await self._retries(error):
                return None

    async def _take_waiting(self) -> Socket | None:
        """A socket that was open before the call. If it is dead, another takes its place without a word."""
        take, self._take = self._take, None
        socket = None if take is None else await take()
        self._untried = socket is not None
        return socket

    async def _serve(self, socket: Socket) -> VendorError:
        """Speak with one socket until it breaks; returns what broke it."""
        self._begin(socket)
        helpers = [asyncio.create_task(self._send(socket)), asyncio.create_task(self._keep_awake(socket))]
        try:
            while True:
                event = self._dialect.parse(await socket.recv())
                self._answered(self._dialect.proves(event))
                await self._hear(event)
        except SocketClosed as closed:
            return self._broken(closed)
        except VendorProtocolError as error:
            socket.abort()
            return error
        finally:
            self._socket = None
            self._is_proven = False
            self._lost()
            for helper in helpers:
                helper.cancel()
            try:
                await asyncio.gather(*helpers, return_exceptions=True)
            finally:
                await socket.close()

    def _begin(self, socket: Socket) -> None:
        self._loop = asyncio.get_running_loop()  # asking for it at each packet takes a system call each
        self._socket = socket
        self._verdict = None
        self._orders.clear()
        self._sent = self._began_at_place = self.replay.start
        self._base = self._sent - socket.preroll
        self._began_at = self._sent_at = _now()
        self._liveness.replaced(self.replay.end)
        self._work.set()
        if self._backoff.failures == 0:
            self._set_trouble(False)

    def _answered(self, is_proof: bool) -> None:
        if is_proof:
            self._untried = False
            if self._backoff.failures and self.replay.start > self._began_at_place:
                # Else it may be what is said that it breaks at, each time anew.
                self._backoff.succeeded()
            if not self._is_proven:
                self._is_proven, self.in_trouble = True, False
                self.changed()
        self._liveness.answered(self.replay.end)

    def _broken(self, closed: SocketClosed) -> VendorError:
        if self._verdict is not None:
            return self._verdict
        if _now() - self._began_at > PROVEN_AFTER:
            self._backoff.succeeded()
        how = f"{closed.code} {closed.reason}".strip()
        return VendorUnavailable(VENDOR, f"closed the listening socket ({how})")

    async def _send(self, socket: Socket) -> None:
        """Audio as it was fed, as much at once as has piled up, and orders behind the audio they concern."""
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                while audio := self._next_message():
                    await socket.send(audio)
                    self._sent += len(audio)
                    self._sent_at = _now()
                while self._orders:
                    await socket.send(self._orders.pop(0))
        except SocketClosed:
            socket.abort()

    def _next_message(self) -> bytes:
        """Audio that is to be sent now."""
        audio = self.replay.read(self._sent, self._longest)
        return audio if len(audio) >= self._dialect.shortest or self._orders else b""

    async def _keep_awake(self, socket: Socket) -> None:
        try:
            while True:
                after, filler = self._filler()
                left = self._sent_at + after - _now()
                await asyncio.sleep(min(max(left, LEAST_SLEEP), self._dialect.look_every))
                if left <= LEAST_SLEEP:
                    self._sent_at = _now()
                    await self._fill(socket, filler)
        except SocketClosed:
            socket.abort()

    async def _fill(self, socket: Socket, filler: str | bytes) -> None:
        if isinstance(filler, bytes):
            self.feed(filler)
        else:
            await socket.send(filler)

    async def _retries(self, error: VendorError) -> bool:
        """Report an error, wait, and say whether to try again."""
        self._set_trouble(True)
        given_up = error.permanent or self._liveness.hopeless or (self.is_backed and self._is_hopeless(error))
        delay = None if given_up else self._backoff.failed(_now())
        if delay is None:
            await self._report(error, True)
            return False
        if isinstance(error, VendorBusy):
            delay = max(delay, SHORTEST)
        if self._backoff.failures == 1:
            await self._report(error, False)
        logger.warning("{}; listening again in {:.2f} s", error, delay)
        await asyncio.sleep(delay)
        return True

    def _is_hopeless(self, error: VendorError) -> bool:
        """Whether somebody else is to listen at once: no quota, a dead socket, or one like the one before."""
        again_and_again = self._backoff.failures >= BACKED_FAILURES
        return isinstance(error, VendorBusy) or self._liveness.has_died or again_and_again

    def _set_trouble(self, in_trouble: bool) -> None:
        if self.in_trouble is not in_trouble:
            self.in_trouble = in_trouble
            self.changed()


def _now() -> float:
    return asyncio.get_running_loop().time()
