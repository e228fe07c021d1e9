"""The caller's audio that may still have to be said again, to another socket."""

from processors.g711 import BYTES_PER_MS

KEPT_MS = 15_000
"""Milliseconds that are kept at most; no stretch of speech stays without a final result for so long."""

PACKET = 20 * BYTES_PER_MS
"""Bytes of the packets in which a phone line cuts its audio."""


class Replay:
    """Audio by its place in the call: bytes since the first. The oldest goes when there is too much."""

    def __init__(self, kept_ms: int = KEPT_MS) -> None:
        self.start = 0
        """Place of the oldest byte that is kept."""
        self._kept = bytearray()
        self._most = kept_ms * BYTES_PER_MS

    def __len__(self) -> int:
        """Bytes that are kept."""
        return len(self._kept)

    @property
    def end(self) -> int:
        """Place of the byte that will come next."""
        return self.start + len(self._kept)

    def append(self, mulaw: bytes) -> None:
        self._kept += mulaw
        if len(self._kept) > self._most:
            self._drop(len(self._kept) - self._most)

    def read(self, place: int, most: int) -> bytes:
        """Up to ``most`` bytes from ``place`` on; empty when there are none yet, or none any more."""
        at = place - self.start
        return bytes(self._kept[at : at + most]) if at >= 0 else b""

    def forget(self, place: int) -> None:
        """Drop what lies before ``place``, in whole packets: a cut inside one would cost it."""
        place = min(place, self.end)
        self._drop(max(0, place - place % PACKET - self.start))

    def _drop(self, size: int) -> None:
        del self._kept[:size]
        self.start += size
