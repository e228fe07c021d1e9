"""Where calls meet: conferences, and queues in which callers wait to be dialled."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trunkline.sandbox.telephone.resource import new_sid

if TYPE_CHECKING:
    from trunkline.sandbox.telephone.phone import Phone

Tell = Callable[[str, str], None]
"""Told of an event of a conference, and the SID of the call that it concerns."""


@dataclass(eq=False, slots=True)
class Room:
    """A conference. All who are in it hear each other once it has started.

    Two who speak at the same time are heard one after the other: nothing is mixed here.
    """

    name: str
    tell: Tell = lambda event, sid: None
    """As the first who entered wants it (Twilio: TwiML Conference)."""
    sid: str = field(default_factory=lambda: new_sid("CF"))
    members: list["Phone"] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self, phone: "Phone", *, starts: bool) -> None:
        self.members.append(phone)
        self.tell("participant-join", phone.sid)
        if starts and not self.started.is_set():
            self.started.set()
            self.tell("conference-start", phone.sid)
        self._connect()

    def leave(self, phone: "Phone", *, ends: bool) -> None:
        if phone not in self.members:
            return
        self.members.remove(phone)
        phone.company.clear()
        self._connect()
        self.tell("participant-leave", phone.sid)
        if (ends or not self.members) and not self.ended.is_set():
            self.ended.set()
            self.tell("conference-end", phone.sid)

    def _connect(self) -> None:
        for one in self.members:
            one.company = {other for other in self.members if other is not one and self.started.is_set()}


@dataclass(eq=False, slots=True)
class Place:
    """Of one caller in a queue."""

    phone: "Phone"
    dialled: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody takes the caller out."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """The two have talked."""


@dataclass(eq=False, slots=True)
class Line:
    """A queue: who came first is dialled first."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("QU"))
    places: deque[Place] = field(default_factory=deque)
    joined: asyncio.Event = field(default_factory=asyncio.Event)

    def join(self, phone: "Phone") -> Place:
        place = Place(phone)
        self.places.append(place)
        self.joined.set()
        return place

    def leave(self, place: Place) -> None:
        if place in self.places:
            self.places.remove(place)

    async def next(self) -> Place:
        """The caller who has waited the longest, or the next to come."""
        while not self.places:
            self.joined.clear()
            await self.joined.wait()
        place = self.places.popleft()
        place.dialled.set()
        return place


@dataclass(slots=True)
class Rooms:
    """Those of one account."""

    rooms: dict[str, Room] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)

    def room(self, name: str) -> Room:
        """The conference of that name that goes on, or a new one."""
        known = self.rooms.get(name)
        if known is None or known.ended.is_set():
            known = self.rooms[name] = Room(name)
        return known

    def line(self, name: str) -> Line:
        return self.lines.setdefault(name, Line(name))
