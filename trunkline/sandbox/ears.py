"""Ears: what the speech-to-text emulator understands of the audio that one connection sends.

An emulator does the protocol (interim and final results, endpointing, closing); ears only understand.
:class:`PhraseEars` know recordings by heart and are exact; ears with a speech engine behind them fit the same
seam.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from processors.g711 import BYTES_PER_MS, SILENCE

BLOCK = 160
"""Bytes of 20 ms, what one packet of a phone line carries."""

QUIET = SILENCE * BLOCK

RATE = BYTES_PER_MS * 1000
"""Bytes a second."""

ONE_ZERO = bytes(range(0x7F)) + SILENCE + bytes(range(0x80, 0x100))
"""Mu-law has two zeros; a client that decodes and encodes again keeps only one (ITU-T G.711)."""

PAUSE_BLOCKS = 50
"""Blocks without a known one, a second of them: what follows is another stretch of speech."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was understood."""

    text: str
    """As a person writes it, with its punctuation."""
    start: float
    """Seconds of audio since the connection's first byte."""
    end: float
    """Seconds of audio since the connection's first byte."""
    confidence: float = 0.99
    language: str = "en"
    """That it was said in."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One stretch of speech as far as it is understood; replaces an earlier one that has the same start."""

    start: float
    """Seconds of audio since the connection's first byte. Tells one stretch from another."""
    end: float
    """Seconds of audio up to which speech has been heard so far."""
    words: tuple[Word, ...] = ()
    over: bool = False
    """Whether nothing will be added."""


class Ears(Protocol):
    """Listens to one connection. Made by ``ears(query)``, with the query the client connected with."""

    final_ms: int | None
    """Milliseconds from the last speech byte to its final result; ``None`` leaves it to endpointing."""

    async def hear(self, mulaw: bytes) -> Sequence[Speech]:
        """Take audio in as it arrives, any length; returns what is newly understood, oldest first."""

    async def finish(self) -> Sequence[Speech]:
        """What can be said of the audio so far, without waiting for more: the client asked to finalise."""

    async def close(self) -> None:
        """The connection is gone."""


class Place(NamedTuple):
    """A block of a recording."""

    phrase: str
    block: int


class Span(NamedTuple):
    """The blocks in which a word is said, first to last, without those that hold silence."""

    text: str
    last: int
    voiced: tuple[int, ...]


class Phrasebook:
    """Recordings, to be found by any of their 20 ms blocks. Made once, shared by all connections.

    Args:
        phrases: what is said -> mu-law, 8 kHz. The recordings share no block but silence.
        languages: of what is not said in English.
    """

    def __init__(self, phrases: Mapping[str, bytes], languages: Mapping[str, str] | None = None) -> None:
        self.languages = dict(languages or {})
        self.blocks = {text: list(_blocks(mulaw)) for text, mulaw in phrases.items()}
        self.words = {text: _spans(text, blocks) for text, blocks in self.blocks.items()}
        self._places = {
            block: Place(text, index)
            for text, blocks in self.blocks.items()
            for index, block in enumerate(blocks)
            if not silent(block)
        }

    def find(self, block: bytes, expected: Place | None) -> Place | None:
        """Where ``block`` stands; ``expected`` decides for blocks that stand in many places (silence)."""
        if expected is not None and self._block(expected) == block:
            return expected
        return self._places.get(block)

    def _block(self, place: Place) -> bytes | None:
        blocks = self.blocks[place.phrase]
        return blocks[place.block] if place.block < len(blocks) else None


class PhraseEars:
    """Understands known recordings word by word, and nothing else.

    A word is understood when all of its blocks were heard: a lost packet is a lost word.

    Args:
        phrases: the recordings, or a :class:`Phrasebook` of them.
        final_ms: milliseconds from a recording's last byte to its final result; by default the client's
            endpointing decides.
    """

    def __init__(self, phrases: Phrasebook | Mapping[str, bytes], final_ms: int | None = None) -> None:
        self.final_ms = final_ms
        self._book = phrases if isinstance(phrases, Phrasebook) else Phrasebook(phrases)
        self._waiting = bytearray()
        self._taken = 0
        self._playing: _Playing | None = None

    async def hear(self, mulaw: bytes) -> Sequence[Speech]:
        if mulaw == QUIET and self._playing is None and not self._waiting:
            self._taken += BLOCK  # most of what a load test brings
            return ()
        self._waiting += mulaw.translate(ONE_ZERO)
        return [speech for block in self._blocks() if (speech := self._hear_block(block))]

    async def finish(self) -> Sequence[Speech]:
        return ()

    async def close(self) -> None:
        pass

    def _blocks(self) -> Iterator[bytes]:
        while size := self._next_size():
            block = bytes(self._waiting[:size])
            del self._waiting[:size]
            self._taken += size
            yield block

    def _next_size(self) -> int:
        """Bytes to take next; fewer than a block where a sender began in the middle of one, 0 to wait."""
        if len(self._waiting) < BLOCK:
            return 0
        first = bytes(self._waiting[:BLOCK])
        if silent(first) or self._find(first) is not None:
            return BLOCK
        if len(self._waiting) < 2 * BLOCK - 1:
            return 0
        places = range(1, BLOCK)
        return next((at for at in places if self._find(bytes(self._waiting[at : at + BLOCK]))), BLOCK)

    def _find(self, block: bytes) -> Place | None:
        return self._book.find(block, self._playing.next if self._playing else None)

    def _hear_block(self, block: bytes) -> Speech | None:
        place = self._find(block)
        start = (self._taken - len(block)) / RATE
        if place is None:
            if self._playing and self._playing.pauses():
                self._playing = None
            return None
        if self._playing is None or not self._playing.goes_on_with(place):
            self._playing = _Playing(self._book, place, start)
        speech = self._playing.heard(place, start)
        if speech.over:
            self._playing = None
        return speech


class _Playing:
    """One recording while it is being heard."""

    def __init__(self, book: Phrasebook, place: Place, start: float) -> None:
        self.next = place
        self._start = start
        self._language = book.languages.get(place.phrase, "en")
        self._spans = deque(book.words[place.phrase])
        self._last = self._spans[-1].last
        self._times: dict[int, float] = {}
        self._words: tuple[Word, ...] = ()
        self._unknown = 0

    def goes_on_with(self, place: Place) -> bool:
        return place.phrase == self.next.phrase and place.block >= self.next.block

    def pauses(self) -> bool:
        """Another unknown block was heard; tells whether the recording has been left."""
        self._unknown += 1
        return self._unknown > PAUSE_BLOCKS

    def heard(self, place: Place, start: float) -> Speech:
        self._unknown = 0
        self._times[place.block] = start
        self.next = place._replace(block=place.block + 1)
        while self._spans and self._spans[0].last <= place.block:
            self._words += self._word(self._spans.popleft())
        return Speech(self._start, start + BLOCK / RATE, self._words, place.block == self._last)

    def _word(self, span: Span) -> tuple[Word, ...]:
        times = [self._times[block] for block in span.voiced if block in self._times]
        if not times or len(times) < len(span.voiced):
            return ()
        return (Word(span.text, times[0], times[-1] + BLOCK / RATE, language=self._language),)


def silent(block: bytes) -> bool:
    """Whether ``block`` is nothing but mu-law silence."""
    return not block.strip(SILENCE)


def _blocks(mulaw: bytes) -> Iterator[bytes]:
    same = mulaw.translate(ONE_ZERO)
    for at in range(0, len(same), BLOCK):
        yield same[at : at + BLOCK].ljust(BLOCK, SILENCE)


def _spans(text: str, blocks: Sequence[bytes]) -> list[Span]:
    """Where each word is said, as if every character took the same time."""
    voiced = [index for index, block in enumerate(blocks) if not silent(block)]
    words = text.split()
    total = sum(len(word) + 1 for word in words)
    spans, said = [], 0
    for word in words:
        first, said = said * len(voiced) // total, said + len(word) + 1
        places = tuple(voiced[first : said * len(voiced) // total])
        spans.append(Span(word, places[-1] if places else 0, places))
    return spans
