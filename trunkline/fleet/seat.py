"""One worker's seat among the others: what it says of itself, and what comes to it from them."""

import asyncio
import socket
from dataclasses import dataclass
from typing import Self

from aiohttp import web
from loguru import logger

from trunkline import metrics
from trunkline.fleet.handover import Handover
from trunkline.fleet.letters import Handed, Look, Told, unpack
from trunkline.fleet.mailboxes import Mailbox, Mailboxes
from trunkline.fleet.orphans import close_orphans
from trunkline.fleet.relay import Relay
from trunkline.fleet.roster import UNLIMITED, Field, Roster, State
from trunkline.fleet.routing import Handler, call_sid, destination, is_carriers
from trunkline.switchboard import REMEMBERED, Switchboard
from trunkline.tally import Tally

BEAT = 1.0
"""Seconds between signs of life."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the workers of a server share; made before they are."""

    roster: Roster
    mailboxes: Mailboxes
    tally: Tally

    @classmethod
    def of(cls, size: int) -> Self:
        return cls(Roster(size), Mailboxes(size), metrics.tally(size))


class Seat:
    """A worker's.

    Args:
        fleet: what the workers share.
        slot: the worker's.
        pid: of its process.
    """

    def __init__(self, fleet: Fleet, slot: int, pid: int) -> None:
        self.roster = fleet.roster
        self.slot = slot
        self.tally = fleet.tally
        self.watchers = Relay(slot, fleet.roster)
        self._mailbox = Mailbox(fleet.mailboxes, slot, self._receive)
        self._loop = asyncio.get_running_loop()
        self._written: dict[str, float | None] = {}
        """Calls in our books, and when they were found to be over.

        They stay in for a while: for so long, only this worker knows for sure how they ended.
        """
        self._heart: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self.roster.write(slot, Field.PID, pid)

    @property
    def address(self) -> str:
        """What the paths of URLs end with that name this worker."""
        return f"/{self.slot}"

    def open(self, board: Switchboard, server: web.Server) -> None:
        """Take part.

        Args:
            board: this worker's calls.
            server: answers what the others pass on.
        """
        self._board = board
        self._handover = Handover(self.slot, self._mailbox, self.roster, server)
        self._books = self.roster.books(self.slot)
        orphans = close_orphans(self._books.clear(), board.archive, self.roster)
        self._closing = self._loop.create_task(orphans, name="orphans")
        self._beat()
        self.roster.write(self.slot, Field.STATE, State.READY)
        self.watchers.open(self._mailbox)
        self._mailbox.open()

    def drain(self) -> None:
        """Take no more calls."""
        self.roster.write(self.slot, Field.STATE, State.DRAINING)

    def release(self, sid: str) -> None:
        """Another worker may go on with a call."""
        self._books.remove(sid)
        self._written.pop(sid, None)

    def close(self) -> None:
        """Leave the seat; nobody passes anything on to it any more."""
        self.roster.write(self.slot, Field.STATE, State.LEFT)
        self._mailbox.close()
        if self._heart is not None:
            self._heart.cancel()
        if self._closing is not None:
            self._closing.cancel()

    def readiness(self) -> tuple[str, int]:
        """``ready`` if any worker takes a call, else ``full`` or ``draining``; and the calls of all."""
        standings = self.roster.standings()
        calls = sum(standing.calls for standing in standings)
        if any(standing.takes_calls(self._loop.time()) for standing in standings):
            return "ready", calls
        return "draining" if self._board.closing else "full", calls

    @web.middleware
    async def route(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request here, or pass it on to the worker that it is for."""
        if not is_carriers(request.method, request.path):
            return await handler(request)
        handed = self._handover.handed(request)
        body = await request.read()
        sid = call_sid(body)
        if handed is None and self._passed_on(request, body, sid):
            return web.Response()  # goes nowhere
        try:
            return await handler(request)
        finally:
            self._write_down(sid)
            if handed is not None:
                self._handover.received(handed)

    def _passed_on(self, request: web.Request, body: bytes, sid: str) -> bool:
        owner = self.roster.owner(sid) if sid else None
        standings, now = self.roster.standings(), self._loop.time()
        to = destination(self.slot, request.path, owner, standings, now)
        return to.slot != self.slot and self._handover.give(request, body, to.slot, new=to.new)

    def _receive(self, data: bytes, connection: socket.socket | None) -> None:
        try:
            letter = unpack(data)
        except ValueError as error:
            logger.error("worker {} had a letter that it cannot read: {}", self.slot, error)
            return
        match letter:
            case Handed() if connection is not None:
                self._handover.take(letter, connection)
            case Told():
                self.watchers.hear(letter)
            case Look():
                self.watchers.look()

    # What the roster says of us.

    def _write_down(self, sid: str) -> None:
        """A request has been answered: whose call it is, and what room is left."""
        if sid in self._board.calls:
            self._books.add(sid)
            self._written[sid] = None
        self._publish()

    def _beat(self) -> None:
        now = self._loop.time()
        for sid in [sid for sid in self._written if sid not in self._board.calls]:
            over = self._written[sid]
            self._written[sid] = now if over is None else over
            if over is not None and now - over > REMEMBERED:
                self._books.remove(sid)
                del self._written[sid]
        self._publish()
        self.watchers.look()  # whoever watched in a worker that has died watches no more
        self._heart = self._loop.call_later(BEAT, self._beat)

    def _publish(self) -> None:
        self.roster.publish(self.slot, len(self._board.calls), self._room(), self._loop.time())

    def _room(self) -> int:
        board = self._board
        if board.closing or board.full is not None:
            return 0
        limit = board.admission.limit
        if limit is None:
            return UNLIMITED
        return max(1, limit - len(board.calls) - len(board.admission.waiting))
