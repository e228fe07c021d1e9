"""Where utterances begin and end in a stream of audio; no recogniser, no clock but the audio's own."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from processors import g711, silero
from processors.g711 import BYTES_PER_MS
from processors.silero import WINDOW

BEGINS = 0.5
"""Probability of speech from which a caller speaks."""

GOES_ON = 0.35
"""Probability below which a speaking caller is silent."""

BEFORE = 10
"""Windows (320 ms) ahead of the first loud one that belong to an utterance: soft consonants."""

LONGEST_MS = 15_000
"""Milliseconds after which an utterance ends by force; the recogniser is made for short ones."""

WINDOW_MS = WINDOW // BYTES_PER_MS


@dataclass(slots=True)
class Utterance:
    """What a caller says without a long pause."""

    start_ms: int
    """Milliseconds of the stream at which speech began."""
    end_ms: int
    """Milliseconds of the stream up to which speech has been heard."""
    windows: list[bytes] = field(repr=False)
    """The audio, PCM16, 32 ms each; begins some 300 ms before the speech."""
    quiet_ms: int = 0
    """Milliseconds of silence since ``end_ms``."""
    over: bool = False

    @property
    def audio(self) -> NDArray[np.float32]:
        """8 kHz, -1 to 1."""
        return np.frombuffer(b"".join(self.windows), g711.PCM).astype(np.float32) / np.float32(32768)


class Utterances:
    """Cuts one stream into utterances. Takes a place in the process's voice detector until it is closed.

    Args:
        pause_ms: silence that ends an utterance, in milliseconds.
    """

    def __init__(self, pause_ms: int) -> None:
        self._pause_ms = pause_ms
        self._slot = silero.shared().join(self._judge)
        self._audio = bytearray()
        self._before: list[bytes] = []
        self._heard_ms = 0
        self._current: Utterance | None = None
        self._begun: list[Utterance] = []

    def hear(self, mulaw: bytes) -> list[Utterance]:
        """Take audio in, any length. It is judged when the event loop comes to it.

        Returns:
            The utterances that have begun since the last time. They grow by themselves until they are over.
        """
        self._audio += mulaw
        self._slot.feed(mulaw)
        begun, self._begun = self._begun, []
        return begun

    def end_if_quiet(self, quiet_ms: int) -> None:
        """End the utterance that is going on if there has been so much silence in it, in milliseconds."""
        if self._current and self._current.quiet_ms >= quiet_ms:
            self._current.over = True
            self._current = None

    def close(self) -> None:
        """Leave the voice detector."""
        self._slot.leave()

    def _judge(self, probability: float, level_dbfs: float) -> None:
        window = g711.decode(bytes(self._audio[: silero.WINDOW]))
        del self._audio[: silero.WINDOW]
        self._heard_ms += WINDOW_MS
        if self._current is None:
            self._listen(window, probability)
        else:
            self._follow(self._current, window, probability)

    def _listen(self, window: bytes, probability: float) -> None:
        self._before = [*self._before[-BEFORE:], window]
        if probability >= BEGINS:
            self._current = Utterance(self._heard_ms - WINDOW_MS, self._heard_ms, self._before)
            self._before = []
            self._begun.append(self._current)

    def _follow(self, current: Utterance, window: bytes, probability: float) -> None:
        current.windows.append(window)
        if probability >= GOES_ON:
            current.end_ms, current.quiet_ms = self._heard_ms, 0
        else:
            current.quiet_ms = self._heard_ms - current.end_ms
        self.end_if_quiet(0 if self._heard_ms - current.start_ms >= LONGEST_MS else self._pause_ms)
