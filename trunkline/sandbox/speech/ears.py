"""Ears that understand whatever is said, in English: a recogniser behind a voice activity detector."""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from processors import silero
from processors.g711 import BYTES_PER_MS
from trunkline.sandbox.ears import Speech
from trunkline.sandbox.speech.reader import BREATH_MS, RATE, Reader, transcribe
from trunkline.sandbox.speech.utterance import WINDOW_MS, Utterances
from trunkline.sandbox.speech.worker import compute

PAUSE_MS = 300
"""Milliseconds of silence that end an utterance for a client that asks for no endpointing."""


class SpokenEars:
    """Understands English speech; made for one connection.

    Args:
        query: what the client asked for; its ``endpointing``, in milliseconds, is the silence that ends an
            utterance. Silence within a word can last 100 ms, so less than 160 ms is not believed.
    """

    def __init__(self, query: Mapping[str, str]) -> None:
        self.final_ms: int | None = None
        self._pause_ms = max(pause(query), BREATH_MS + WINDOW_MS)
        self._utterances: Utterances | None = None
        self._readers: deque[Reader] = deque()
        self._heard_bytes = 0

    async def hear(self, mulaw: bytes) -> Sequence[Speech]:
        if self._utterances is None:
            await compute(silero.warm)
            self._utterances = Utterances(self._pause_ms)
        self._heard_bytes += len(mulaw)
        self._readers.extend(map(Reader, self._utterances.hear(mulaw)))
        return self._look()

    async def finish(self) -> Sequence[Speech]:
        if self._utterances is not None:
            self._utterances.end_if_quiet(BREATH_MS)
        for reader in self._readers:
            await reader.finish(self._now)
        return self._look()

    async def close(self) -> None:
        if self._utterances is not None:
            self._utterances.close()
        for reader in self._readers:
            await reader.close()

    @property
    def _now(self) -> float:
        """Seconds of the stream."""
        return self._heard_bytes / BYTES_PER_MS / 1000

    def _look(self) -> list[Speech]:
        """What the utterances say that are not done with, oldest first, to the first that is still read."""
        speeches = []
        while self._readers:
            speeches.append(self._readers[0].look(self._now))
            if not speeches[-1].over:
                break
            self._readers.popleft()
        return speeches


def pause(query: Mapping[str, str]) -> int:
    """Milliseconds of silence that end an utterance."""
    asked = query.get("endpointing", "")
    return int(asked) if asked.isdecimal() else PAUSE_MS


async def warm() -> None:
    """Load the engines before the first caller speaks."""
    await compute(silero.warm)
    await compute(transcribe, np.zeros(RATE // 2, np.float32))
