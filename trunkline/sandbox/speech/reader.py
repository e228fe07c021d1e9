"""What is said in one utterance, read again and again while it grows."""

import asyncio
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from processors import g711
from trunkline.sandbox.ears import Speech, Word
from trunkline.sandbox.speech import moonshine
from trunkline.sandbox.speech.moonshine import Transcript, recogniser
from trunkline.sandbox.speech.utterance import Utterance
from trunkline.sandbox.speech.worker import compute

INTERIM_MS = 400
"""Milliseconds of new speech after which it is read again."""

BREATH_MS = 128
"""Milliseconds of silence after which all of it is read, in the hope that it is over: what was said is then
known when the pause is long enough."""

UNSURE = 0.5
"""Confidence below which nothing was understood: silence and noise make the recogniser invent words at 0.3 to
0.45, short ones that were said ("hello") begin at 0.55."""

RATE = g711.BYTES_PER_MS * 1000
"""Hertz of a phone line."""


class Reader:
    """Reads one utterance, off the event loop and one reading at a time.

    The recogniser guesses how a sentence that goes on might end ("ten o'clock in the morning"). Words that
    two readings in a row agree on are sure and keep their times. What is behind them is passed on as one
    word, because an emulator may call all words but the last one final.
    """

    def __init__(self, utterance: Utterance) -> None:
        self._utterance = utterance
        self._start: float | None = None
        self._unsaid_from = 0.0
        self._sure: tuple[Word, ...] = ()
        self._guess: tuple[Word, ...] = ()
        self._understood = False
        self._read_ms = utterance.start_ms
        self._reading: asyncio.Task[Transcript] | None = None
        self._reading_ms = 0

    @property
    def done(self) -> bool:
        """Whether the utterance is over and all of it has been read."""
        return self._utterance.over and self._read_ms == self._utterance.end_ms

    def look(self, now: float) -> Speech:
        """What is known by now; begins another reading when one is due.

        Args:
            now: seconds of the stream. Speech is said to have started when it was first looked at: what
                came before may have been called silence. Until it is over and read it is said to last until
                now: otherwise it would be taken for final before its last words are known.
        """
        self._start = start = now if self._start is None else self._start
        if self._reading and self._reading.done():
            self._collect(self._reading.result())
        if self._reading is None and self._due():
            self._begin()
        if not self.done:
            return Speech(start, now, (*self._sure, *joined(self._guess)))
        words = (*self._sure, *self._guess) if self._understood else ()
        return Speech(start, max(start, self._utterance.end_ms / 1000), words, over=True)

    async def finish(self, now: float) -> None:
        """Read all that there is by ``now``. Of speech that goes on, only what is sure is kept.

        What comes later is placed after ``now``, so that it is not taken for said already.
        """
        self.look(now)
        while self._read_ms != self._utterance.end_ms or self._reading:
            if self._reading is None:
                self._begin()
            else:
                self._collect(await self._reading)
        if not self._utterance.over:
            self._unsaid_from, self._guess = now, ()

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def _due(self) -> bool:
        unread_ms = self._utterance.end_ms - self._read_ms
        if self._utterance.over or self._utterance.quiet_ms >= BREATH_MS:
            return unread_ms > 0
        return self._utterance.quiet_ms == 0 and unread_ms >= INTERIM_MS

    def _begin(self) -> None:
        self._reading_ms = self._utterance.end_ms
        self._reading = asyncio.create_task(compute(transcribe, self._utterance.audio))

    def _collect(self, transcript: Transcript) -> None:
        self._reading = None
        self._read_ms = self._reading_ms
        self._understood = transcript.confidence >= UNSURE
        if self._understood:
            before = (*self._sure, *self._guess)
            words = tuple(self._timed(transcript, before))
            sure = agreement(words, before)
            self._sure, self._guess = words[:sure], words[sure:]

    def _timed(self, transcript: Transcript, before: Sequence[Word]) -> Iterator[Word]:
        """The words, as if after those known before every character took the same time."""
        confidence = round(transcript.confidence, 4)
        texts = transcript.text.split()
        known = before[: agreement([Word(text, 0, 0) for text in texts], before)]
        yield from (
            Word(text, word.start, word.end, confidence) for text, word in zip(texts, known, strict=False)
        )
        at = max(self._start or 0.0, self._unsaid_from, known[-1].end if known else 0.0)
        left = sum(len(text) + 1 for text in texts[len(known) :])
        pace = max(0.0, self._read_ms / 1000 - at) / max(1, left)
        for text in texts[len(known) :]:
            start, at = at, at + pace * (len(text) + 1)
            yield Word(text, start, at, confidence)


def joined(words: Sequence[Word]) -> Iterator[Word]:
    """The words as one, if there are any."""
    if words:
        text = " ".join(word.text for word in words)
        yield Word(text, words[0].start, words[-1].end, words[0].confidence)


def agreement(ours: Sequence[Word], theirs: Sequence[Word]) -> int:
    """How many words at the beginning are the same, capitals and punctuation aside."""
    differences = (bare(a.text) != bare(b.text) for a, b in zip(ours, theirs, strict=False))
    return next((at for at, differs in enumerate(differences) if differs), min(len(ours), len(theirs)))


def bare(word: str) -> str:
    return "".join(filter(str.isalnum, word)).lower()


def transcribe(audio: NDArray[np.float32]) -> Transcript:
    """What is said in ``audio``: 8 kHz, -1 to 1."""
    import soxr

    return recogniser().transcribe(soxr.resample(audio, RATE, moonshine.RATE))
