"""The agent's sound, kept by its position in the call until nobody can ask for it again."""

from bisect import bisect_right


class Tape:
    """Mu-law pieces, end to end. A position counts the bytes since the call began, and never changes."""

    def __init__(self) -> None:
        self.end = 0
        """Position behind the last byte."""
        self._pieces: list[bytes] = []
        self._starts: list[int] = []

    @property
    def start(self) -> int:
        """Position of the first byte that is still kept."""
        return self._starts[0] if self._starts else self.end

    def append(self, mulaw: bytes) -> None:
        """Add a piece, which is not empty, at the end."""
        self._pieces.append(mulaw)
        self._starts.append(self.end)
        self.end += len(mulaw)

    def piece(self, position: int) -> bytes:
        """The piece at a position, from there on; empty at the end."""
        at = bisect_right(self._starts, position) - 1
        if at < 0 or position >= self.end:
            return b""
        skipped = position - self._starts[at]
        return self._pieces[at][skipped:] if skipped else self._pieces[at]

    def span(self, start: int, end: int) -> bytes:
        """All that is kept between two positions."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_right(self._starts, end - 1)
        if first >= last:
            return b""
        offset = self._starts[first]
        return b"".join(self._pieces[first:last])[max(0, start - offset) : end - offset]

    def forget(self, position: int) -> None:
        """Drop the pieces that end at or before a position."""
        gone = bisect_right(self._starts, position) - 1
        if position >= self.end:
            gone = len(self._pieces)
        if gone > 0:
            del self._pieces[:gone], self._starts[:gone]
