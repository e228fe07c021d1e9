"""Live events of all workers: who watches in one of them sees the calls of all.

The roster says in which workers somebody watches; only then do the others make events of their calls and send
them there. Nothing is sent, and no event made, while nobody watches anywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from trunkline.events import Event, Watchers
from trunkline.fleet.letters import Look, Told, pack
from trunkline.fleet.mailboxes import Mailbox
from trunkline.fleet.roster import Field, Roster
from trunkline.waterfall import Piece, Waterfall

KINDS = {kind.__name__: kind for kind in Event.__subclasses__()}


class Relay(Watchers):
    """One worker's watchers, and through it those of the others.

    Args:
        slot: the worker's.
        roster: says who watches.
    """

    def __init__(self, slot: int, roster: Roster) -> None:
        super().__init__()
        self._slot = slot
        self._roster = roster
        self._mailbox: Mailbox | None = None
        self._afar: list[int] = []
        """Other slots in which somebody watches."""

    def __bool__(self) -> bool:
        return bool(self._queues) or bool(self._afar)

    def open(self, mailbox: Mailbox) -> None:
        """Begin to exchange events with the others."""
        self._mailbox = mailbox
        self.look()

    def look(self) -> None:
        """Look up who watches now."""
        self._afar = [s.slot for s in self._roster.standings() if s.watching and s.slot != self._slot]

    def tell(self, event: Event) -> None:
        """Of a call of this worker."""
        super().tell(event)
        if self._afar and self._mailbox is not None:
            letter = pack(Told(encode(event)))
            for slot in self._afar:
                self._mailbox.send(slot, letter)

    def hear(self, told: Told) -> None:
        """Of another worker's call; it goes no further."""
        self.show(decode(told.event))

    @contextmanager
    def watching(self) -> Iterator[Any]:
        try:
            with super().watching() as seen:
                self._say()
                yield seen
        finally:
            self._say()

    def _say(self) -> None:
        """Say whether anybody watches here, if the others do not know it yet."""
        watched = bool(self._queues)
        if watched == self._roster.standing(self._slot).watching:
            return
        self._roster.write(self._slot, Field.WATCHING, watched)
        for standing in self._roster.standings():
            if standing.answers and standing.slot != self._slot and self._mailbox is not None:
                self._mailbox.send(standing.slot, pack(Look()))


def encode(event: Event) -> bytes:
    return orjson.dumps([type(event).__name__, event], default=str)


def decode(data: bytes) -> Event:
    """Raises:
    ValueError: this is no event of ours.
    """
    name, values = orjson.loads(data)
    if name not in KINDS:
        raise ValueError(f"an event of the kind {name!r}; expected one of {', '.join(KINDS)}")
    if "latency" in values:
        values["latency"] = Waterfall(**values["latency"])
        values["pieces"] = tuple(Piece(**piece) for piece in values["pieces"])
    return KINDS[name](**values)
