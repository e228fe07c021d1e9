"""What the caller hears of us, sample by sample: each message that went out, when it was played, and how far.

It is told all that the carrier is told, whatever it is: voice, loud or ducked, and the sound of a room. So it
plays as the carrier does: one message behind the other, from the moment at which it came or the one before
was over. A ``clear`` ends it there and then, and marks that come back late show how late the carrier plays.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from transports.playout_clock import PlayoutClock


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of sound that was played."""

    at: float
    """When its first byte was, in seconds of the sender's time: the way to the carrier is not in it."""
    mulaw: bytes = field(repr=False)
    continues: bool
    """Whether it was played behind the piece before it, without a pause."""


@dataclass(slots=True)
class _Run:
    """Sound that is played without a pause. Positions are bytes since it began."""

    clock: PlayoutClock
    pieces: deque[bytes] = field(default_factory=deque)
    sent: int = 0
    taken: int = 0
    is_cut: bool = False
    marks: deque[tuple[str, int]] = field(default_factory=deque)

    def read(self, until: int) -> bytes:
        """Take the bytes up to a position."""
        wanted, taken = until - self.taken, []
        while wanted > 0:
            piece = self.pieces.popleft()
            if len(piece) > wanted:
                self.pieces.appendleft(piece[wanted:])
                piece = piece[:wanted]
            taken.append(piece)
            wanted -= len(piece)
        self.taken = until
        return b"".join(taken)

    def cut(self, position: int) -> None:
        """What is behind a position is never played; marks that still come were not earned."""
        kept = b"".join(self.pieces)[: position - self.taken]
        self.pieces = deque([kept] if kept else [])
        self.sent, self.is_cut = position, True
        self.marks.clear()


class FarEar:
    """Pure: whoever calls says what time it is (seconds)."""

    def __init__(self) -> None:
        self.way = 0.0
        """Seconds to the carrier and back, as far as it was measured."""
        self._is_measured = False
        self._runs: deque[_Run] = deque()
        self._probe: tuple[str, float] | None = None

    def play(self, mulaw: bytes, now: float) -> None:
        """Sound goes out."""
        run = self._playing(now)
        if run is None:
            clock = PlayoutClock()
            clock.start(0, now)
            clock.measure(self.way)
            run = _Run(clock)
            self._runs.append(run)
        run.pieces.append(mulaw)
        run.sent += len(mulaw)

    def clear(self, now: float) -> None:
        """The carrier is told to drop what it has not played, or is gone."""
        run = self._playing(now)
        if run is None:
            return
        run.cut(min(run.sent, max(run.taken, run.clock.position(now))))

    def mark(self, name: str, now: float) -> None:
        """A mark goes out. In silence it comes back at once, and measures the way."""
        run = self._playing(now)
        if run is None:
            self._probe = (name, now)
        else:
            run.marks.append((name, run.sent))

    def marked(self, name: str, now: float) -> None:
        """A mark came back."""
        if self._probe is not None and self._probe[0] == name:
            self._measure(now - self._probe[1])
            self._probe = None
            return
        for run in self._runs:
            if any(name == waiting for waiting, _ in run.marks):
                while (passed := run.marks.popleft())[0] != name:
                    pass
                run.clock.prove(passed[1], now)
                return

    def reconnect(self) -> None:
        """The way is another one."""
        self.way, self._is_measured, self._probe = 0.0, False, None

    def take(self, until: float) -> Iterator[Heard]:
        """Take what was played before a time. Later marks change nothing of it."""
        while self._runs:
            run = self._runs[0]
            played = min(run.sent, run.clock.position(until))
            if played > run.taken:
                at, continues = run.clock.due(run.taken), run.taken > 0
                yield Heard(at, run.read(played), continues)
            if run.taken < run.sent or (len(self._runs) == 1 and not run.is_cut):
                return
            self._runs.popleft()

    def _playing(self, now: float) -> _Run | None:
        """The sound that is played, if there is any."""
        run = self._runs[-1] if self._runs else None
        return None if run is None or run.is_cut or now >= run.clock.due(run.sent) else run

    def _measure(self, seconds: float) -> None:
        self.way = min(self.way, seconds) if self._is_measured else seconds
        self._is_measured = True
        for run in self._runs:
            run.clock.measure(seconds)
