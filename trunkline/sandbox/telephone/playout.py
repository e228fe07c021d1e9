"""Audio queued in order and played in real time: the buffer between a customer and the caller's ear.

Positions are samples of call time, so what has been played is exact to the sample however late anyone looks.
"""

from collections import deque
from dataclasses import dataclass

from trunkline.sandbox.telephone.tape import Tape


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mark that came back."""

    name: str
    played: bool
    """False when a clear brought it back: then it proves nothing."""


@dataclass(slots=True)
class _Queued:
    """Audio that is not played yet, or, when ``mark`` is set, a mark between two pieces of it."""

    owner: object
    audio: memoryview
    mark: str | None = None


NOTHING = memoryview(b"")


class Playout:
    """One ear. Whoever queues is an ``owner``; the receipts and the clearing of one concern no other."""

    def __init__(self, *, keep: bool = True) -> None:
        self.tape = Tape(keep=keep)
        self._pending: deque[_Queued] = deque()
        self._receipts: deque[tuple[object, Receipt]] = deque()
        self._ahead = 0

    @property
    def end(self) -> int:
        """The sample at which all that is queued will have been played."""
        return self.tape.length + self._ahead

    def queue(self, now: int, audio: bytes, owner: object = None) -> int:
        """Play ``audio`` after all that is queued, or now; returns the sample at which it will be over."""
        self.advance(now)
        if audio:
            self._pending.append(_Queued(owner, memoryview(audio)))
            self._ahead += len(audio)
        return self.end

    def mark(self, now: int, name: str, owner: object = None) -> None:
        """Give a receipt once all that is queued so far has been played: at once, if nothing is."""
        self.advance(now)
        self._pending.append(_Queued(owner, NOTHING, name))
        self.advance(now)

    def clear(self, now: int, owner: object = None) -> int:
        """Drop what ``owner`` queued and give its remaining marks back; returns the bytes dropped."""
        self.advance(now)
        theirs = [queued for queued in self._pending if queued.owner is owner]
        self._pending = deque(queued for queued in self._pending if queued.owner is not owner)
        self._receipts.extend(
            (owner, Receipt(queued.mark, played=False)) for queued in theirs if queued.mark is not None
        )
        dropped = sum(len(queued.audio) for queued in theirs)
        self._ahead -= dropped
        self.advance(now)
        return dropped

    def advance(self, now: int) -> None:
        """Play up to the sample ``now``."""
        while self._pending:
            head = self._pending[0]
            room = now - self.tape.length
            if head.mark is not None:
                self._receipts.append((head.owner, Receipt(head.mark, played=True)))
            elif room <= 0:
                return
            else:
                played, head.audio = head.audio[:room], head.audio[room:]
                self.tape.write(played)
                self._ahead -= len(played)
            if not head.audio:
                self._pending.popleft()
        self.tape.silence(now - self.tape.length)

    def receipts(self, owner: object = None) -> list[Receipt]:
        """The receipts of ``owner`` since it last asked, in order."""
        given = [receipt for whose, receipt in self._receipts if whose is owner]
        self._receipts = deque(entry for entry in self._receipts if entry[0] is not owner)
        return given

    def next_mark(self, owner: object = None) -> int | None:
        """The sample at which the next mark of ``owner`` is due, if it has one."""
        sample = self.tape.length
        for queued in self._pending:
            if queued.mark is not None and queued.owner is owner:
                return sample
            sample += len(queued.audio)
        return None
