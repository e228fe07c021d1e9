"""One channel of a call's sound on its way to a file: what is known of it and was not taken yet."""

from processors.g711 import SILENCE


class Track:
    """Mu-law by its position in the call; silence where nothing was put."""

    def __init__(self) -> None:
        self.start = 0
        """Position of the first byte that was not taken."""
        self._bytes = bytearray()

    @property
    def end(self) -> int:
        """Position behind the last byte that was put, or taken."""
        return self.start + len(self._bytes)

    def put(self, position: int, mulaw: bytes) -> None:
        """What is heard from a position on. What was taken before is past, and stays as it was."""
        if position < self.start:
            mulaw = mulaw[self.start - position :]
            position = self.start
        if position > self.end:
            self._bytes += SILENCE * (position - self.end)
        at = position - self.start
        self._bytes[at : at + len(mulaw)] = mulaw

    def take(self, until: int) -> bytes:
        """All up to a position, filled up with silence; nothing if it is taken already."""
        size = max(0, until - self.start)
        taken = bytes(self._bytes[:size]).ljust(size, SILENCE)
        del self._bytes[:size]
        self.start += size
        return taken

    def skip(self, position: int) -> None:
        """Nothing is heard before a position, unless it was put already."""
        if not self._bytes:
            self.start = max(self.start, position)
