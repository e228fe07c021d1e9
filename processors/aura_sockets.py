"""Keeps a socket to Aura: opens it ahead of need, and another one when it is gone."""

import asyncio
from collections.abc import Awaitable, Callable

from loguru import logger

from processors.aura_socket import AuraSocket, Listener, Spawn
from processors.backoff import Backoff
from processors.deepgram import Socket
from processors.errors import VendorBusy, VendorError, VendorUnavailable

PATIENCE = 6.0
"""Seconds of failures after which Aura counts as down: nobody listens to silence for longer."""


class AuraSockets:
    """At most one socket that is open, and at most one that is being opened.

    Args:
        connect: opens a socket; raises ``VendorError``.
        spawn: starts a task that the owner watches over.
        listener: who is told what comes on them.
        is_needed: whether anything is waiting to be spoken. If not, failures are nobody's concern.
        opened: told when there is a socket.
        failed: told when there will be none, and why.
        patience: seconds until then.
        waits_for_quota: whether that is so, too, where Deepgram has no socket to spare.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Socket]],
        spawn: Spawn,
        listener: Listener,
        is_needed: Callable[[], bool],
        opened: Callable[[], None],
        failed: Callable[[VendorError], None],
        patience: float = PATIENCE,
        waits_for_quota: bool = True,
    ) -> None:
        self._connect = connect
        self._spawn = spawn
        self._listener = listener
        self._is_needed = is_needed
        self._opened = opened
        self._failed = failed
        self._backoff = Backoff(patience)
        self._waits_for_quota = waits_for_quota
        self._opening: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._is_rewarmed = False
        self._is_over = False
        self.current: AuraSocket | None = None

    def open(self, pause: float = 0.0) -> None:
        """Have a socket soon."""
        if self._opening is None and not self._is_over:
            self._opening = self._spawn(self._open(pause), "open")

    def leave(self) -> None:
        """Have nothing more to do with the socket."""
        socket, self.current = self.current, None
        if socket is not None:
            task = self._spawn(socket.close(), "leave")
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    def rest(self) -> None:
        """Have no socket until :meth:`open`."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        self.leave()

    def used(self) -> None:
        """The socket is put to use."""
        self._is_rewarmed = False

    def useful(self) -> None:
        """The socket is good, or not needed: failures from here on are the first ones."""
        self._backoff.succeeded()

    def lost(self, error: VendorError) -> None:
        """The socket broke. An idle one is replaced once, so that the next reply finds it warm."""
        self.leave()
        if self._is_needed():
            self._retry(error)
        elif not self._is_rewarmed:
            self._is_rewarmed = True
            self.open()

    async def close(self) -> None:
        """Leave no task and no socket behind."""
        self._is_over = True
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        self.leave()
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _open(self, pause: float) -> None:
        try:
            await asyncio.sleep(pause)
            socket = await self._connect()
        except Exception as error:
            # Whatever it is, somebody may be waiting for text to be spoken and must not wait for ever.
            self._opening = None
            self._could_not_open(error if isinstance(error, VendorError) else _unforeseen(error))
        else:
            self._opening = None
            self.current = AuraSocket(socket, self._listener, self._spawn)
            self._opened()

    def _could_not_open(self, error: VendorError) -> None:
        busy = isinstance(error, VendorBusy) and not self._waits_for_quota
        if error.permanent or (busy and self._is_needed()):
            self._failed(error)
        elif self._is_needed():
            self._retry(error)
        else:
            logger.debug(f"no speak socket for now: {error}")

    def _retry(self, error: VendorError) -> None:
        pause = self._backoff.failed(asyncio.get_running_loop().time())
        if pause is None:
            self._backoff.succeeded()
            self._failed(error)
        else:
            logger.debug(f"opening another speak socket in {pause:.2f} s: {error}")
            self.open(pause)


def _unforeseen(error: Exception) -> VendorError:
    logger.opt(exception=error).error("opening a speak socket failed in an unforeseen way")
    return VendorUnavailable("Deepgram", f"could not be asked to speak ({type(error).__name__})")
