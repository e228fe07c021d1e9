"""The agent's voice: uneven like speech, and what was heard of it can be read from any recording.

What a scripted voice says must be told from sound that was cut, played twice, encoded anew or ducked. The
sign of a sample outlives all of that. So the loudness of this voice is that of words and pauses, and the
signs of each 5 ms are a number of 40 bits that no other 5 ms has.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.panel.sound import FRAME, FULL_SCALE, RATE
from processors import g711
from processors.g711 import SILENCE

CHARACTER_S = 0.07
"""Seconds of a character, about the pace of speech, before a word is said faster or slower."""

PACES = (0.75, 0.9, 1.0, 1.1, 1.35)
"""How much slower a word may be than another one as long."""

COMMA_S, STOP_S = 0.1, 0.16
"""Seconds of silence behind a clause and a sentence."""

LOUD_DBFS, FAINT_DBFS = -16.0, -24.0
"""Level in the middle of a word, and at its ends: ducked by 12 dB they are still heard."""

POSITIVE = 0x80
"""The bit of a mu-law code that is set where the sample is not negative."""

Codes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was said."""

    text: str
    saying: int
    """Which text it was part of, counted from 0 in the order in which they were spoken."""
    place: int
    """Which word of that text."""


class NumberedVoice:
    """Speaks for any number of calls, and remembers what each 5 ms was part of."""

    def __init__(self) -> None:
        self.sayings: list[str] = []
        """All texts, in the order in which they were spoken."""
        self._words: list[Word] = []
        self._codes: list[Codes] = []
        self._owners: list[NDArray[np.intp]] = []

    async def speak(self, text: str, model: str) -> AsyncIterator[bytes]:
        yield self.say(text)

    def say(self, text: str) -> bytes:
        """Mu-law of a text; another one each time, though it sounds alike."""
        saying = len(self.sayings)
        self.sayings.append(text)
        random = np.random.default_rng(saying)
        pieces = [self._word(Word(word, saying, at), random) for at, word in enumerate(text.split())]
        return b"".join(pieces)

    def heard(self, mulaw: bytes) -> list[tuple[Word, float]]:
        """The words of which more than half can be heard in a recording, and when they were first heard."""
        if not self._codes:
            return []
        codes, owners = np.concatenate(self._codes), np.concatenate(self._owners)
        order = np.argsort(codes)
        found = _windows(mulaw)
        at = np.searchsorted(codes, found, sorter=order)
        hits = order[np.minimum(at, len(codes) - 1)]
        known = np.flatnonzero(codes[hits] == found)
        return self._whole(hits[known], known, owners)

    def _whole(
        self, frames: NDArray[np.intp], samples: NDArray[np.intp], owners: NDArray[np.intp]
    ) -> list[tuple[Word, float]]:
        once, first = np.unique(frames, return_index=True)
        number = np.bincount(owners[once], minlength=len(self._words))
        total = np.bincount(owners, minlength=len(self._words))
        since = np.full(len(self._words), np.inf)
        np.minimum.at(since, owners[once], samples[first] / RATE)
        heard = [(self._words[word], float(since[word])) for word in np.flatnonzero(2 * number > total)]
        return sorted(heard, key=lambda pair: pair[1])

    def _word(self, word: Word, random: np.random.Generator) -> bytes:
        frames = max(4, round(len(word.text) * CHARACTER_S * random.choice(PACES) * RATE / FRAME))
        level = FAINT_DBFS + (LOUD_DBFS - FAINT_DBFS) * np.sin(np.pi * (np.arange(frames) + 0.5) / frames)
        bits = random.integers(0, 2, (frames, FRAME), np.uint64)
        size = random.uniform(0.6, 1.3, bits.shape) * 10 ** (level[:, None] / 20) * FULL_SCALE
        pcm = np.where(bits, size, -size).astype(g711.PCM)
        self._codes.append(_numbers(bits))
        self._owners.append(np.full(frames, len(self._words)))
        self._words.append(word)
        return g711.encode(pcm.tobytes()) + SILENCE * int(_pause(word.text) * RATE)


def _pause(word: str) -> float:
    return STOP_S if word.endswith((".", "?", "!")) else COMMA_S if word.endswith((",", ";", ":")) else 0.0


def _numbers(bits: NDArray[np.uint64]) -> Codes:
    """Each row of bits as a number."""
    numbers: Codes = (bits << np.arange(FRAME - 1, -1, -1, dtype=np.uint64)).sum(1, dtype=np.uint64)
    return numbers


def _windows(mulaw: bytes) -> Codes:
    """The number that begins at each sample: doubled windows of 1, 2, 4 ... 32 samples, and 8 more."""
    bits = (np.frombuffer(mulaw, np.uint8) & POSITIVE).astype(bool).astype(np.uint64)
    widths: dict[int, Codes] = {1: bits}
    for width in (1, 2, 4, 8, 16):
        shorter = widths[width]
        widths[2 * width] = (shorter[:-width] << np.uint64(width)) | shorter[width:]
    wide, rest = widths[32], widths[8][32:]
    windows: Codes = (wide[: len(rest)] << np.uint64(8)) | rest
    return windows


def words(text: str) -> Iterator[str]:
    """The words of a text, without capitals and punctuation."""
    return (plain for word in text.split() if (plain := word.strip(".,?!;:\"'").lower()))
