"""Where a carrier is in the sound that it was sent, by the clock between the marks that it returns.

Its time is the sender's: a position is due when a ``clear`` that is sent then is still in time to cut there.
What is sent takes as long to arrive as the ``clear`` will, so sound counts as begun when it is sent. A mark
is later than that by the whole way, there and back, and by what the carrier waits before it begins to play.
The way is measured with a mark that is sent into silence, which comes back at once.
"""

from processors.frames import RATE


class PlayoutClock:
    """Ticks 8,000 bytes a second from where it was last set. Times are seconds."""

    def __init__(self) -> None:
        self._since = 0.0
        self._at = 0
        self._way: float | None = None
        self._doubt: float | None = (
            None  # lateness of the mark before that was not believed; None: no mark yet
        )

    def start(self, position: int, now: float) -> None:
        """What is at a position goes out into silence: it is played from now on."""
        self._at, self._since, self._doubt = position, now, None

    def position(self, now: float) -> int:
        """The byte that is played, if there is one."""
        return self._at + int((now - self._since) * RATE)

    def due(self, position: int) -> float:
        """When that byte will have been played."""
        return self._since + max(0, position - self._at) / RATE

    def prove(self, position: int, now: float) -> None:
        """A mark came back: all up to a position was played.

        Lateness that only one mark shows is the network's; what two in a row show, or the first of all, is
        how late the carrier plays.
        """
        late = now - (self._way or 0.0) - (self._since + (position - self._at) / RATE)
        believed = late if self._doubt is None else min(late, self._doubt)
        self._since += believed
        self._doubt = max(0.0, late - believed)

    def measure(self, seconds: float) -> None:
        """The way to the carrier and back took so long; the shortest counts."""
        self._way = seconds if self._way is None else min(self._way, seconds)

    def reconnect(self) -> None:
        """The way is another one."""
        self._way = None
