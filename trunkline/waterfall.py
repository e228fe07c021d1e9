"""Where the time between a caller's last sound and the reply's first byte went: stamps in, segments out.

::

    ended ─carrier─ arrived ─vad─ vad ─stt─ words ─turn─ decided
    decided ─queue─ asked ─model─ first [─tool─ asked ─model─ first ...]
    first ─sentence─ asked ─voice─ voiced ─output─ sent ... played

The segments are contiguous: they sum to the whole, whatever the stamps are. The decision that the turn is
over is the pivot. What came before it counts up to it, even if its own stamp is a moment late; what a
speculative reply had done by then took no time that anybody felt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SEGMENTS = ("carrier", "vad", "stt", "turn", "queue", "model", "tool", "sentence", "voice", "output")
"""In the order in which they begin."""

MEANINGS: Mapping[str, str] = {
    "carrier": "the end of the speech came late",
    "vad": "the silence was noticed",
    "stt": "the last words were final",
    "turn": "the turn counted as over",
    "queue": "the model was asked",
    "model": "its first token, of all rounds",
    "tool": "tools ran",
    "sentence": "the first sentence was whole",
    "voice": "its first sound",
    "output": "that sound was on the wire",
    "played": "… and in the caller's ear, by mark",
}
"""What had happened when a segment was over."""


class Round(NamedTuple):
    """One answer of the model."""

    asked: float
    first: float
    """The first token; of an answer that only calls tools, its end."""
    after_tool: bool = False
    """Whether it was asked for when tools had run."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a waterfall. Seconds on the event loop's clock."""

    segment: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """When the steps to a reply happened. Seconds on the event loop's clock; None for one that did not."""

    decided: float
    """The turn counted as over."""
    sent: float
    """The first byte of the reply was on the wire."""
    ended: float | None = None
    """The caller's last sound, on the clock of the stream; without it, the decision begins the waterfall."""
    arrived: float | None = None
    """That sound was here."""
    vad: float | None = None
    words: float | None = None
    """The last words were final."""
    rounds: tuple[Round, ...] = ()
    asked: float | None = None
    """The voice was asked for the first sentence; without it, nobody waited for the voice."""
    voiced: float | None = None
    """The voice's first sound came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """Where the time before a reply went. Milliseconds a segment; 0 for one that did not happen."""

    carrier: float = 0.0
    vad: float = 0.0
    stt: float = 0.0
    turn: float = 0.0
    queue: float = 0.0
    model: float = 0.0
    tool: float = 0.0
    sentence: float = 0.0
    voice: float = 0.0
    output: float = 0.0
    played: float | None = None
    """From the wire to the caller's ear, as the first mark proves it; no part of the total."""

    @property
    def total(self) -> float:
        """What the caller waited, to the first byte on the wire: the sum of the segments."""
        return sum(self.parts().values())

    def parts(self) -> dict[str, float]:
        """Milliseconds by the names of :data:`SEGMENTS`."""
        return {name: getattr(self, name) for name in SEGMENTS}


def waterfall(stamps: Stamps) -> Waterfall:
    """The segments of a reply."""
    spent = dict.fromkeys(SEGMENTS, 0.0)
    for piece in pieces(stamps):
        spent[piece.segment] += 1000 * (piece.end - piece.start)
    return Waterfall(**spent)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Of several replies. Milliseconds."""

    p50: float
    p95: float


def quantiles(waterfalls: Sequence[Waterfall]) -> dict[str, Quantiles]:
    """Of each segment, of ``total``, and of ``played`` where that is known; empty without a reply."""
    columns = {name: [getattr(one, name) for one in waterfalls] for name in (*SEGMENTS, "total")}
    columns["played"] = [one.played for one in waterfalls if one.played is not None]
    return {name: Quantiles(_at(0.5, found), _at(0.95, found)) for name, found in columns.items() if found}


def _at(share: float, values: Sequence[float]) -> float:
    """The value below which this share lies, between two of them if need be."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def pieces(stamps: Stamps) -> tuple[Piece, ...]:
    """The stretches of a reply in time; each begins where the one before it ends."""
    decided = min(stamps.decided, stamps.sent)
    listening = _Chain(decided if stamps.ended is None else min(stamps.ended, decided), decided)
    words = None if stamps.words is None else min(stamps.words, decided)
    # A VAD that was slower than the words held nobody up.
    silent = None if stamps.vad is None or stamps.vad > (decided if words is None else words) else stamps.vad
    listening.to("carrier", stamps.arrived)
    listening.to("vad", silent)
    listening.to("stt", words)
    listening.to("turn", decided)
    replying = _Chain(decided, stamps.sent)
    for answer in stamps.rounds:
        replying.to("tool" if answer.after_tool else "queue", answer.asked)
        replying.to("model", answer.first)
    replying.to("sentence", stamps.voiced if stamps.asked is None else stamps.asked)
    replying.to("voice", stamps.voiced)
    replying.to("output", stamps.sent)
    return (*listening.pieces, *replying.pieces)


class _Chain:
    """Stretches in order, between two times."""

    def __init__(self, start: float, end: float) -> None:
        self._at = start
        self._end = end
        self.pieces: list[Piece] = []

    def to(self, segment: str, at: float | None) -> None:
        """The segment is over at this time; one without a time, or past it already, is left out."""
        if at is not None and (end := min(at, self._end)) > self._at:
            self.pieces.append(Piece(segment, self._at, end))
            self._at = end
