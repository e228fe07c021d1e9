"""The time of a call's sound: samples since its first stream began, told by the carrier's clock and by ours.

What the caller says carries the carrier's time; what goes out, and all else that happens, has ours. Of the
packets that come, the one that took the least time tells how the two go together now, so neither jitter nor
the drift of two oscillators adds up. A line without packets that tell has our clock alone.
"""

from processors.frames import RATE

WINDOW = 60.0
"""Seconds of packets of which the quickest one counts. An oscillator that is 50 ppm off moves 3 ms in it."""


class SoundClock:
    """Times are seconds on the event loop's clock, positions are samples since the first stream began."""

    def __init__(self) -> None:
        self.base = 0
        """Position of the present stream's beginning."""
        self._zero: float | None = None
        self._least = float("inf")
        self._least_before = float("inf")
        self._window_ends = 0.0

    @property
    def is_running(self) -> bool:
        """Whether a stream has begun."""
        return self._zero is not None

    def begin(self, now: float, position: int = 0) -> None:
        """A stream begins.

        Args:
            now: the time.
            position: where, if it is the first one that this clock sees; else it knows.
        """
        self.base = self.at(now) if self.is_running else position
        self._zero = now
        self._least = self._least_before = float("inf")
        self._window_ends = now + WINDOW

    def observe(self, media: float, now: float) -> None:
        """So many seconds of the stream's media are over, as a packet tells that comes now."""
        if now >= self._window_ends:
            self._least_before, self._least = self._least, float("inf")
            self._window_ends = now + WINDOW
        if now - media < self._least:
            self._least = now - media
        self._zero = min(self._least, self._least_before)

    def at(self, time: float) -> int:
        """The position at a time; 0 before the first stream."""
        return 0 if self._zero is None else self.base + round((time - self._zero) * RATE)

    def time(self, position: int) -> float:
        """The time at a position.

        Raises:
            RuntimeError: no stream has begun.
        """
        if self._zero is None:
            raise RuntimeError("a call's sound begins with its first stream")
        return self._zero + (position - self.base) / RATE

    def ms(self, time: float) -> float:
        """The same in milliseconds, not before the beginning."""
        return max(0, self.at(time)) / (RATE / 1000)
