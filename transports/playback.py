"""The playback ledger: what the caller has heard of what we have to say.

Twilio buffers and paces; all that it tells is a mark when everything before it has been played. Between two
marks the clock counts. Positions are bytes of the agent's sound since the call began: they stay what they are
when the carrier is told to drop what it holds and gets it again, quieter or later.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from processors.frames import RATE
from transports.pace import Pace
from transports.playout_clock import PlayoutClock
from transports.tape import Tape
from transports.word_times import WordTime, from_clause, heard_words, word_start, word_times


@dataclass(slots=True)
class Segment:
    """A stretch of audio that speaks one text."""

    text: str
    append_to_context: bool
    start: int
    """Position."""
    end: int
    """Position; grows while the audio comes."""
    complete: bool = False
    """Whether all of its audio is here."""


@dataclass(frozen=True, slots=True)
class HeardText:
    """Words that were heard, and whether they belong into the conversation's context."""

    text: str
    append_to_context: bool


class Playback:
    """What is queued, sent and played. Pure: the caller of a method says what time it is (seconds).

    It keeps the sound of the sentence that is heard now, and all that was not heard.
    """

    def __init__(self) -> None:
        self.tape = Tape()
        self.clock = PlayoutClock()
        self.sent = 0
        """Position up to which the carrier has it; goes back when it drops what it has not played."""
        self.proven = 0
        """Position up to which it was heard, as marks prove it."""
        self._pace = Pace()
        self._planned: deque[int] = deque()
        self._planned_last = 0
        self._marks: deque[tuple[str, int]] = deque()
        self._probe: tuple[str, float] = ("", 0.0)
        self._segments: deque[Segment] = deque()
        self._epoch = 0
        self._names = self._probes = 0

    @property
    def queued(self) -> int:
        """Position behind all that is to be played, sent or not."""
        return self.tape.end

    # What is to be played.

    def begin(self, text: str, *, append_to_context: bool) -> None:
        """The audio queued from here on speaks this text."""
        self.finish()
        self._segments.append(Segment(text, append_to_context, self.queued, self.queued))

    def _adopt(self, silent: Segment) -> None:
        """A text that got no sound of its own was spoken with the one before it, or not at all."""
        if self._segments and self._segments[-1].append_to_context is silent.append_to_context:
            self._segments[-1].text += f" {silent.text}"

    def queue(self, mulaw: bytes) -> None:
        """This will be played next."""
        self.tape.append(mulaw)
        if self._segments and not self._segments[-1].complete:
            self._segments[-1].end = self.queued

    def finish(self) -> None:
        """The text begun last has all its audio."""
        if not self._segments:
            return
        last = self._segments[-1]
        last.complete = True
        if last.start == last.end:
            self._adopt(self._segments.pop())

    # What the carrier has.

    def next(self) -> bytes:
        """What is to be sent next, if anything; it is as long as one that was queued, or the rest of it."""
        return self.tape.piece(self.sent)

    def send(self, size: int, now: float) -> None:
        """So many bytes went out. What arrives at an empty buffer starts to play at once."""
        if self.played(now) >= self.sent:
            self.clock.start(self.sent, now)
        self.sent += size

    def rewind(self, now: float) -> None:
        """The carrier is told to drop what it holds: what was not heard is to be sent again."""
        position = self.played(now)
        passed = [at for _, at in self._marks if at <= position]
        self._planned.extendleft(at for _, at in reversed(self._marks) if at > position)
        self._forget_marks()
        # Marks that are on their way back cannot be told from echoes of the clear: the clock has to do.
        self.proven = max(self.proven, *passed, 0)
        self.sent = position
        self.clock.start(position, now)

    def rewind_to_word(self, now: float) -> None:
        """What is sent next begins with the word at which it stopped; nothing is on its way."""
        self.sent = self._word_start(self.sent)
        self.proven = min(self.proven, self.sent)
        self.clock.start(self.sent, now)

    # Marks.

    @property
    def unmarked(self) -> int:
        """Bytes queued since the last mark that is asked for."""
        return self.queued - self._planned_last

    def plan_mark(self) -> None:
        """A mark is to follow what was queued so far."""
        if self.unmarked:
            self._planned_last = self.queued
            self._planned.append(self.queued)

    @property
    def mark_is_due(self) -> bool:
        """Whether a mark is to go out before anything else."""
        return bool(self._planned) and self._planned[0] <= self.sent

    def mark(self) -> str:
        """A name for "played up to what is sent now"; names of earlier epochs prove nothing."""
        while self.mark_is_due:
            self._planned.popleft()
        self._names += 1
        name = f"{self._epoch}.{self._names}"
        self._marks.append((name, self.sent))
        return name

    def probe(self, now: float) -> str:
        """A name for a mark that goes into silence, and so comes back at once."""
        self._probes += 1
        self._probe = (f"way.{self._probes}", now)
        return self._probe[0]

    def marked(self, name: str, now: float) -> bool:
        """A mark came back. Returns whether it proves playback (an echo after ``clear`` does not)."""
        if name == self._probe[0]:
            self.clock.measure(now - self._probe[1])
            return False
        if not any(name == waiting for waiting, _ in self._marks):
            return False
        position = 0
        while self._marks:
            passed, position = self._marks.popleft()
            if passed == name:
                break
        self.clock.prove(position, now)
        self.proven = max(self.proven, position)
        return True

    def _forget_marks(self) -> None:
        self._marks.clear()
        self._epoch += 1

    # What was heard.

    def played(self, now: float) -> int:
        """Position heard by now: what the marks prove, and the clock since."""
        return max(self.proven, min(self.sent, self.clock.position(now)))

    def silent(self) -> bool:
        """Whether the carrier has nothing left to play, as far as marks prove it."""
        return self.proven >= self.sent

    def lead(self, now: float) -> float:
        """Seconds of sound that the carrier holds and has not played."""
        return (self.sent - self.played(now)) / RATE

    def left(self, now: float) -> float:
        """Seconds of sound that were not heard, sent or not."""
        return (self.queued - self.played(now)) / RATE

    def due(self, position: int) -> float:
        """When that byte will have been played by the clock, if it is on the wire (else infinity)."""
        return self.clock.due(position) if position <= self.sent else float("inf")

    def overdue(self, now: float) -> float:
        """Seconds by which the mark that should come next is late; 0 when none is."""
        return max(0.0, now - self.due(self._marks[0][1])) if self._marks else 0.0

    def heard(self, position: int) -> list[HeardText]:
        """Take the texts whose audio ends at or before that position; their sound is forgotten."""
        texts = []
        while self._segments and self._segments[0].complete and self._segments[0].end <= position:
            segment = self._segments.popleft()
            self._pace.learn(segment.text, segment.end - segment.start)
            texts.append(HeardText(segment.text, segment.append_to_context))
        self.tape.forget(min([position, self.sent, *(segment.start for segment in self._first())]))
        return texts

    def cut(self, now: float) -> list[HeardText]:
        """Nothing more of what is queued will be played; returns what had been heard, to the last word."""
        played = self.played(now)
        texts = self.heard(played)
        for segment in self._first():
            words = heard_words(segment.text, self._words(segment), played - segment.start)
            if words:
                texts.append(HeardText(words, segment.append_to_context))
        self._segments.clear()
        self._planned.clear()
        self._planned_last = self.sent = self.proven = self.queued
        self.clock.start(self.queued, now)
        self.tape.forget(self.queued)
        self._forget_marks()
        return texts

    def unheard(self, now: float | None = None) -> list[str]:
        """The texts for the context that are still to be heard, in order.

        Args:
            now: the one that is being heard is given from the clause on which is heard now; None for whole
                texts, as far as nobody has heard their end.
        """
        texts = []
        for segment in self._segments:
            text = segment.text
            if now is not None and segment.start < (played := self.played(now)):
                heard = heard_words(text, self._words(segment), played - segment.start)
                text = from_clause(text, heard)
            if segment.append_to_context and text:
                texts.append(text)
        return texts

    def _first(self) -> Iterable[Segment]:
        """The text that is heard now or next, if there is one."""
        return (self._segments[0],) if self._segments else ()

    def _word_start(self, position: int) -> int:
        """Where the word at a position begins; the position itself where no text is known."""
        for segment in self._segments:
            if segment.start <= position < segment.end:
                return segment.start + word_start(self._words(segment), position - segment.start)
        return position

    def _words(self, segment: Segment) -> list[WordTime]:
        audio = self.tape.span(segment.start, segment.end)
        return word_times(segment.text, audio, pace=None if segment.complete else self._pace.usual)
