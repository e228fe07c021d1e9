"""What the caller said, put together from a recogniser's results; decides, and does nothing else.

An utterance is what became final between two endpoints. It ends when Deepgram sees the pause
(``speech_final``), or else the missing words (``UtteranceEnd``). Words that only ever were interim are asked
for (``Finalize``), and taken as they are when the answer fails to come.
"""

from dataclasses import dataclass

from processors.listen_events import Results, UtteranceEnd


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that may still change."""

    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """Words that will not change."""

    text: str
    language: str | None
    last: bool
    """Whether they end the utterance."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The utterance is over; all its words have been said."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The recogniser should make its interim words final now."""


Outcome = Saying | Said | Ended | Ask


class Utterance:
    """The utterance under way. Every method returns what follows, in order."""

    def __init__(self) -> None:
        self.asked = False
        """Whether the answer to an :class:`Ask` will end it."""
        self._interim: Results | None = None
        self._resumed = False
        self._open = False
        self._taken_until = 0.0

    @property
    def pending(self) -> bool:
        """Whether there are words that are only interim."""
        return self._interim is not None

    @property
    def unfinished(self) -> bool:
        """Whether there are words, and no end yet."""
        return self._open or self.pending

    def results(self, event: Results) -> list[Outcome]:
        text = event.after(self._taken_until)
        return self._final(event, text) if event.is_final else self._saying(event, text)

    def utterance_end(self, event: UtteranceEnd) -> list[Outcome]:
        if event.last_word_end < 0 or self._went_on(event.last_word_end):
            return []
        if self.pending:
            return [] if self._resumed else self.ask()
        return self.end()

    def ask(self) -> list[Outcome]:
        """There should be final words by now."""
        if not self.pending or self.asked:
            return []
        self.asked = True
        return [Ask()]

    def take(self) -> list[Outcome]:
        """The answer did not come: the interim words are final, whatever is still said about them."""
        interim, self._interim = self._interim, None
        if interim is None:
            return self.end()
        text = interim.after(self._taken_until)
        self._taken_until = max(self._taken_until, interim.end)
        self._open = False
        self.asked = False
        return [Said(text, interim.language, last=True), Ended()]

    def end(self) -> list[Outcome]:
        """There will be no more words."""
        self.asked = False
        was_open, self._open = self._open, False
        return [Ended()] if was_open else []

    def resumed(self) -> None:
        """The caller speaks again: an answer that still comes does not end the utterance.

        Nor is it the time to ask before other words come: a word half said would be cut in two.
        """
        self.asked = False
        self._resumed = True

    def lost(self) -> None:
        """The socket was lost. What was not final will be heard again, on another clock."""
        self._interim = None
        self.asked = False
        self._taken_until = 0.0

    @property
    def taken_until(self) -> float:
        """Seconds on the socket's clock up to which interim words were taken as final."""
        return self._taken_until

    def _went_on(self, seconds: float) -> bool:
        """Whether words have begun since a moment: it can be past already when its end is announced."""
        words = self._interim.words if self._interim is not None else ()
        return bool(words) and words[-1].start > seconds

    def _saying(self, event: Results, text: str) -> list[Outcome]:
        if text:
            self._resumed = self._resumed and self._interim is not None and text == self._interim.transcript
            self._interim = event
            return [Saying(text, event.language)]
        if self._interim is not None and event.start <= self._interim.start:
            self._interim = None
        return []

    def _final(self, event: Results, text: str) -> list[Outcome]:
        self._interim = None
        last = event.speech_final or (event.from_finalize and self.asked)
        self._open = self._open or bool(text)
        said: list[Outcome] = [Said(text, event.language, last)] if text else []
        return said + (self.end() if last else [])
