"""The playback ledger: what the caller has heard of what we sent.

Twilio buffers and paces; all that it tells is a mark when everything before it has been played. Between two
marks the clock counts: a phone plays 8,000 bytes a second. Positions are bytes since the last ``clear``.
"""

from collections import deque
from dataclasses import dataclass

from processors.frames import RATE

SPEECH_RATE = 15.0
"""Characters a second of ordinary speech; only for a sentence whose audio is not all here yet."""


@dataclass(slots=True)
class Segment:
    """A stretch of audio that speaks one text."""

    text: str
    append_to_context: bool
    start: int
    """Bytes."""
    end: int
    """Bytes; grows while the audio comes."""
    complete: bool = False
    """Whether all of its audio is here."""

    def length(self) -> float:
        """Bytes of the whole stretch, estimated while it is still coming."""
        known = self.end - self.start
        if self.complete:
            return known
        return max(known, len(self.text) / SPEECH_RATE * RATE)


@dataclass(frozen=True, slots=True)
class HeardText:
    """Words that were heard, and whether they belong into the conversation's context."""

    text: str
    append_to_context: bool


class Playback:
    """What is queued, sent and played. Pure: the caller of a method says what time it is (seconds)."""

    def __init__(self) -> None:
        self.queued = 0
        """Bytes taken for playing, sent or not."""
        self.sent = 0
        """Bytes on the wire."""
        self.proven = 0
        """Bytes that marks prove to have been played."""
        self._anchor = (0.0, 0)  # at this time, this many bytes had been played
        self._marks: deque[tuple[str, int]] = deque()
        self._segments: deque[Segment] = deque()
        self._epoch = 0
        self._names = 0

    def begin(self, text: str, *, append_to_context: bool) -> None:
        """The audio queued from here on speaks this text."""
        self.finish()
        self._segments.append(Segment(text, append_to_context, self.queued, self.queued))

    def _adopt(self, silent: Segment) -> None:
        """A text that got no sound of its own was spoken with the one before it, or not at all."""
        if self._segments and self._segments[-1].append_to_context is silent.append_to_context:
            self._segments[-1].text += f" {silent.text}"

    def queue(self, size: int) -> None:
        """So many bytes more will be played."""
        self.queued += size
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

    def send(self, size: int, now: float) -> None:
        """So many bytes went out. What arrives at an empty buffer starts to play at once."""
        if self.played(now) >= self.sent:
            self._anchor = (now, self.sent)
        self.sent += size

    def mark(self) -> str:
        """A name for "played up to what is sent now"; names of earlier epochs prove nothing."""
        self._names += 1
        name = f"{self._epoch}.{self._names}"
        self._marks.append((name, self.sent))
        return name

    def marked(self, name: str, now: float) -> bool:
        """A mark came back. Returns whether it proves playback (an echo after ``clear`` does not)."""
        if not any(name == waiting for waiting, _ in self._marks):
            return False
        position = 0
        while self._marks:
            passed, position = self._marks.popleft()
            if passed == name:
                break
        self.proven = max(self.proven, position)
        self._anchor = (now, self.proven)
        return True

    def played(self, now: float) -> int:
        """Bytes heard by now: what the marks prove, and the clock since."""
        since, position = self._anchor
        return min(self.sent, position + int((now - since) * RATE))

    def silent(self) -> bool:
        """Whether nothing is left to be played, as far as marks prove it."""
        return self.proven >= self.sent

    def lead(self, now: float) -> float:
        """Seconds of sound that the carrier holds and has not played."""
        return (self.sent - self.played(now)) / RATE

    def due(self, position: int) -> float:
        """When that byte will have been played by the clock, if it is on the wire (else infinity)."""
        if position > self.sent:
            return float("inf")
        since, at = self._anchor
        return since + max(0, position - at) / RATE

    def overdue(self, now: float) -> float:
        """Seconds by which the mark that should come next is late; 0 when none is."""
        return max(0.0, now - self.due(self._marks[0][1])) if self._marks else 0.0

    def heard(self, position: int) -> list[HeardText]:
        """Take the texts whose audio ends at or before that byte."""
        texts = []
        while self._segments and self._segments[0].complete and self._segments[0].end <= position:
            segment = self._segments.popleft()
            texts.append(HeardText(segment.text, segment.append_to_context))
        return texts

    def cut(self, now: float) -> list[HeardText]:
        """Forget everything unplayed; returns what had been heard, down to the last whole word."""
        played = self.played(now)
        texts = self.heard(played)
        if self._segments and played > self._segments[0].start:
            segment = self._segments[0]
            words = first_words(segment.text, (played - segment.start) / segment.length())
            if words:
                texts.append(HeardText(words, segment.append_to_context))
        self.queued = self.sent = self.proven = 0
        self._anchor = (now, 0)
        self._marks.clear()
        self._segments.clear()
        self._epoch += 1
        return texts


def first_words(text: str, share: float) -> str:
    """The words of a text that end within the first ``share`` (0 to 1) of its characters."""
    if share >= 1:
        return text
    reach = int(len(text) * share)
    if reach < len(text) and text[reach : reach + 1].isspace():
        return text[:reach].rstrip()
    return text[:reach].rpartition(" ")[0].rstrip()
