"""A few sockets to Deepgram that are open before a call needs them, shared by the calls of a process."""

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterable, Iterator
from functools import partial
from typing import Any

from loguru import logger

from processors.deepgram import Deepgram, Socket
from processors.deepgram_socket import SocketClosed
from processors.errors import VendorBusy, VendorError, VendorUnavailable
from processors.socket_recipe import Kind, Recipe
from processors.warm_shelf import Shelf
from processors.warm_socket import WarmSocket

SIZE = 2
"""Sockets a recipe."""

MOST = 8
"""Sockets of a kind, whatever lines there are: they count as streams, of which a project has so many."""

AT_ONCE = 2
"""Openings at a time."""

REFILL_AFTER = 0.5
"""Seconds from taking a socket to opening the next: until then the loop belongs to the call that starts."""

Room = Callable[[Kind], int | None]
"""How many sockets of a kind may wait here, beside those of the calls: what is left of the vendor's quota
once all admitted calls have theirs. None for no limit."""


class WarmSockets:
    """Sockets that wait for calls. Nothing about them delays or fails a call: it opens its own, as without.

    Each recipe has ``size`` sockets from :meth:`start` on, or from its second use on if no line was expected
    to use it; one that is not used for a while has one, or none. What is taken is replaced in the background.

    With two of each kind, an hour of waiting costs 27 openings, 13 s of silence to be transcribed, and less
    than a megabyte, mostly of ``KeepAlive``, pings and TLS handshakes.

    Args:
        deepgram: opens them.
        size: sockets a recipe; 0 opens none.
    """

    def __init__(self, deepgram: Deepgram, size: int = SIZE) -> None:
        self.room: Room = lambda _: None
        """May be replaced at any time."""
        self._deepgram = deepgram
        self._size = size
        self._shelves: dict[Recipe, Shelf] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._logged: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_running = False

    def start(self, recipes: Iterable[Recipe] = ()) -> None:
        """Begin to open sockets by the recipes that will be asked for."""
        self._is_running = self._size > 0
        for recipe in recipes:
            if recipe.can_wait:
                self._shelf(recipe).is_expected = True
        self._fill()

    async def take(self, recipe: Recipe) -> Socket | None:
        """An open socket, for good; None if there is none."""
        if not self._is_running:
            return None
        if not recipe.can_wait:
            self._make_room(recipe.kind)
            return None
        shelf = self._shelf(recipe)
        shelf.used(_now())
        self._fill_at(_now() + REFILL_AFTER)
        while shelf.idle:
            if (socket := await self._give(shelf.idle.pop(0))) is not None:
                shelf.succeeded()
                return socket
        self._make_room(recipe.kind)
        return None

    def count(self, kind: Kind) -> int:
        """Sockets of a kind that wait or are being opened."""
        return sum(shelf.count for shelf in self._of(kind))

    async def close(self) -> None:
        """Leave no task and no socket behind."""
        self._is_running = False
        if self._timer is not None:
            self._timer.cancel()
        for task in self._opening:
            task.cancel()
        if self._opening:
            await asyncio.wait(self._opening)
        for shelf in self._shelves.values():
            while shelf.idle:
                self._close(shelf.idle.pop())
        if self._closing:
            await asyncio.wait(self._closing)

    async def _give(self, warm: WarmSocket) -> Socket | None:
        try:
            socket = await warm.give()
        except asyncio.CancelledError:
            self._close(warm)
            raise
        if socket is None:
            self._close(warm)
        return socket

    # Opening.

    def _fill_at(self, when: float) -> None:
        """Look after the shelves then, or before."""
        if self._timer is not None and self._timer.when() <= when:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(when, self._fill)

    def _fill(self) -> None:
        """Open what is missing, as much as may be opened now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._is_running:
            return
        for forgotten in [shelf for shelf in self._shelves.values() if shelf.is_forgotten(_now())]:
            del self._shelves[forgotten.recipe]
        while len(self._opening) < AT_ONCE and (shelf := self._neediest()) is not None:
            shelf.opening += 1
            opening = self._spawn(self._open(shelf), self._opening)
            opening.add_done_callback(lambda _: self._fill())
        rests = [s.rests_until for s in self._shelves.values() if _now() < s.rests_until < math.inf]
        if rests:
            self._fill_at(min(rests))

    def _neediest(self) -> Shelf | None:
        """The shelf that has the fewest of what it should have; of several, the one used last."""
        now = _now()
        needy = [
            shelf
            for kind in ("listen", "speak")
            if self.count(kind) < self._capacity(kind)
            for shelf in self._of(kind)
            if shelf.lacks(now, self._size)
        ]
        return min(needy, key=lambda shelf: (shelf.count, -shelf.used_at), default=None)

    async def _open(self, shelf: Shelf) -> None:
        try:
            socket = await self._connect(shelf)
        except VendorError as error:
            self._failed(shelf, error)
        except Exception as error:
            logger.opt(exception=error).error("opening a socket ahead failed in an unforeseen way")
            self._failed(shelf, VendorUnavailable("Deepgram", f"cannot be asked ({type(error).__name__})"))
        else:
            self._logged.discard(shelf.complaint)
            shelf.idle.append(WarmSocket(shelf.recipe.kind, socket, partial(self._over, shelf)))

    async def _connect(self, shelf: Shelf) -> Socket:
        try:
            return await shelf.recipe.open(self._deepgram)
        finally:
            shelf.opening -= 1

    def _failed(self, shelf: Shelf, error: VendorError) -> None:
        shelf.failed(_now(), error)
        if isinstance(error, VendorBusy):
            # Others are refused, too: who has a caller waiting needs the streams more than we do.
            self._shrink(shelf.recipe.kind, 0)
        if shelf.complaint not in self._logged:
            self._logged.add(shelf.complaint)
            logger.warning("no {} socket is open ahead ({}); calls open theirs", shelf.recipe.kind, error)

    # Closing.

    def _over(self, shelf: Shelf, warm: WarmSocket, closed: SocketClosed | None) -> None:
        """A socket waited until it was old, or the vendor closed it."""
        if warm in shelf.idle:
            shelf.idle.remove(warm)
            self._close(warm)
        if closed is None:
            shelf.succeeded()
        else:
            shelf.failed(_now())
            logger.debug("Deepgram {} a {} socket that waited", closed, shelf.recipe.kind)
        self._fill()

    def _make_room(self, kind: Kind) -> None:
        """A call opens a socket of its own: close what exceeds the room that is left."""
        self._shrink(kind, self._capacity(kind))

    def _shrink(self, kind: Kind, most: int) -> None:
        for shelf in sorted(self._of(kind), key=lambda shelf: shelf.used_at):
            while shelf.idle and self.count(kind) > most:
                self._close(shelf.idle.pop(0))

    def _capacity(self, kind: Kind) -> int:
        room = self.room(kind)
        return MOST if room is None else max(0, min(MOST, room))

    def _close(self, warm: WarmSocket) -> None:
        self._spawn(warm.close(), self._closing)

    def _shelf(self, recipe: Recipe) -> Shelf:
        return self._shelves.setdefault(recipe, Shelf(recipe, _now()))

    def _of(self, kind: Kind) -> Iterator[Shelf]:
        return (shelf for shelf in self._shelves.values() if shelf.recipe.kind == kind)

    def _spawn(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="warm sockets")
        among.add(task)
        task.add_done_callback(among.discard)
        return task


def _now() -> float:
    return asyncio.get_running_loop().time()
