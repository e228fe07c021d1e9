"""What one ear heard, or one mouth said: mu-law, one byte a sample, from the moment the call was answered."""

from processors.g711 import BYTES_PER_MS, SILENCE

RATE = 1000 * BYTES_PER_MS
"""Samples a second."""

PACKET = 20 * BYTES_PER_MS
"""Samples of the 20 ms in which a phone network carries sound."""

SHORT = 2 * RATE
"""Samples that a tape which is not kept remembers."""


class Tape:
    """Grows at its end. A tape that is not ``keep``-ing remembers its last seconds only."""

    def __init__(self, *, keep: bool = True) -> None:
        self._keep = keep
        self._audio = bytearray()
        self._forgotten = 0

    @property
    def length(self) -> int:
        """Samples written so far, the forgotten ones too."""
        return self._forgotten + len(self._audio)

    def write(self, audio: bytes | memoryview) -> None:
        self._audio += audio
        if not self._keep and len(self._audio) > 2 * SHORT:
            self._forgotten += len(self._audio) - SHORT
            del self._audio[:-SHORT]

    def silence(self, samples: int) -> None:
        """Write nothing for a while; a negative while is none."""
        if samples > 0:
            self.write(SILENCE * samples)

    def read(self, start: int, samples: int) -> bytes:
        """Some samples; silence stands for those that are forgotten or not yet written."""
        first = max(start - self._forgotten, 0)
        last = max(start + samples - self._forgotten, 0)
        return bytes(self._audio[first:last]).ljust(samples, SILENCE)

    @property
    def whole(self) -> bytes:
        return bytes(self._audio)


class Timeline:
    """Loop time counted in samples since the call was answered; it stands at 0 until then."""

    def __init__(self) -> None:
        self.answered_at: float | None = None
        """Loop time, in seconds."""

    def sample(self, at: float) -> int:
        """The sample that is heard at a loop time."""
        if self.answered_at is None:
            return 0
        return max(0, round((at - self.answered_at) * RATE))

    def time(self, sample: int) -> float:
        """The loop time at which a sample is heard.

        Raises:
            RuntimeError: the call is not answered.
        """
        if self.answered_at is None:
            raise RuntimeError("call time begins when the call is answered")
        return self.answered_at + sample / RATE
