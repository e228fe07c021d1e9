"""The roster: what each worker of a server says of itself, in memory that all of them share.

A worker writes its own slot, the parent those of the dead, and everybody reads all of them. Each figure is
one aligned word that is written at once, so nothing is locked: readers may be a moment late, but never wait.

::

    vacant ──parent forks──► booting ──► ready ──► draining ──► left
       ▲                        │          │          │          │
       └──────── dead ──────────┴──────────┴──────────┴──────────┘
"""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from trunkline.fleet.books import SIZE, Books

STALE = 5.0
"""Seconds without a sign of life, after which a worker gets no more new calls. Its loop is blocked."""

WORD = 4

UNLIMITED = 2**31 - 1
"""Places of a worker that has no limit."""


class State(IntEnum):
    """Of a slot."""

    VACANT = 0
    BOOTING = 1
    READY = 2
    DRAINING = 3
    """It answers for its calls, and takes no more."""
    LEFT = 4
    """It answers for nothing more; its process is about to end."""


class Field(IntEnum):
    """The words of a slot. Behind them stand two for each worker: letters sent to it, letters had of it."""

    STATE = 0
    GENERATION = 1
    PID = 2
    CALLS = 3
    ROOM = 4
    BEAT = 5
    WATCHING = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """What a slot says at some moment."""

    slot: int
    state: State
    pid: int
    generation: int
    """How many workers the slot has had, counted from 1."""
    calls: int
    """Those on their way to it included."""
    room: int
    """Calls that it would take more, those on their way to it subtracted."""
    beat: float
    """When it was last alive: seconds, to a tenth, on the clock of every event loop of this machine."""
    watching: bool
    """Whether somebody watches the calls of all workers there."""

    @property
    def answers(self) -> bool:
        """Whether it answers for the calls that it has."""
        return self.state in (State.READY, State.DRAINING)

    def takes_calls(self, now: float) -> bool:
        """Whether it takes a new call."""
        return self.state is State.READY and self.room > 0 and now - self.beat < STALE


class Roster:
    """Made before the workers are.

    Args:
        size: how many workers there are.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._width = len(Field) + 2 * size
        memory = mmap.mmap(-1, size * (SIZE + self._width * WORD))
        self._books = [Books(memory, slot * SIZE) for slot in range(size)]
        self._words = memoryview(memory)[size * SIZE :].cast("I")

    def standing(self, slot: int) -> Standing:
        coming = self._coming(slot)
        return Standing(
            slot=slot,
            state=State(self._get(slot, Field.STATE)),
            pid=self._get(slot, Field.PID),
            generation=self._get(slot, Field.GENERATION),
            calls=self._get(slot, Field.CALLS) + coming,
            room=self._get(slot, Field.ROOM) - coming,
            beat=self._get(slot, Field.BEAT) / 10,
            watching=bool(self._get(slot, Field.WATCHING)),
        )

    def standings(self) -> Sequence[Standing]:
        return [self.standing(slot) for slot in range(self.size)]

    @property
    def ready(self) -> int:
        """How many workers take calls, or would if they had room."""
        return sum(self._get(slot, Field.STATE) == State.READY for slot in range(self.size))

    def owner(self, sid: str) -> int | None:
        """The slot of the worker that has a call, if one has it that can answer for it."""
        for slot, books in enumerate(self._books):
            if self._get(slot, Field.STATE) in (State.READY, State.DRAINING) and sid in books:
                return slot
        return None

    def books(self, slot: int) -> Books:
        """The calls of a slot; those of the worker before are in there until the next one clears them."""
        return self._books[slot]

    # For the parent.

    def assign(self) -> int:
        """Give a slot to a worker that is about to be forked."""
        slot = next(slot for slot in range(self.size) if self._get(slot, Field.STATE) == State.VACANT)
        self._set(slot, Field.GENERATION, self._get(slot, Field.GENERATION) + 1)
        self._set(slot, Field.STATE, State.BOOTING)
        return slot

    def vacate(self, slot: int) -> None:
        """The worker is no more; a call may still be on its way to the one that comes."""
        self._set(slot, Field.STATE, State.VACANT)
        for field in (Field.PID, Field.CALLS, Field.ROOM, Field.WATCHING):
            self._set(slot, field, 0)

    # For the worker in a slot.

    def write(self, slot: int, field: Field, value: int) -> None:
        self._set(slot, field, value)

    def publish(self, slot: int, calls: int, room: int, now: float) -> None:
        """Say how many calls there are, how many more would be taken, and that one is alive."""
        self._set(slot, Field.CALLS, calls)
        self._set(slot, Field.ROOM, min(max(room, 0), UNLIMITED))
        self._set(slot, Field.BEAT, int(now * 10))

    def count(self, slot: int, to: int) -> int:
        """How many new calls a worker has passed on to another."""
        return self._get(slot, len(Field) + to)

    def sent(self, slot: int, to: int, count: int) -> None:
        """A worker has passed a new call on; ``count`` of them by now."""
        self._set(slot, len(Field) + to, count)

    def received(self, slot: int, sender: int, count: int) -> None:
        """The sender's new calls up to this count are here. The counts outlive the workers, as letters do."""
        place = len(Field) + self.size + sender
        self._set(slot, place, max(count, self._get(slot, place)))

    def _coming(self, slot: int) -> int:
        """New calls that others have passed on to a worker and that it has not counted yet."""
        sent = (self._get(other, len(Field) + slot) for other in range(self.size))
        had = (self._get(slot, len(Field) + self.size + other) for other in range(self.size))
        # A letter can be received before its sender has counted it.
        return sum(max(0, s - h) for s, h in zip(sent, had, strict=True))

    def _get(self, slot: int, place: int) -> int:
        return self._words[slot * self._width + place]

    def _set(self, slot: int, place: int, value: int) -> None:
        self._words[slot * self._width + place] = value & 0xFFFF_FFFF
