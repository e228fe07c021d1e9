"""What the caller says, turn by turn, as Flux tells it; decides, and does nothing else.

A socket may be lost in the middle of a turn. The next one hears the turn again from its start, as far back as
audio was kept, and tells it as a turn of its own: here it stays the same one.
"""

from dataclasses import dataclass

from processors.flux_events import EAGER, END, RESUMED, FluxWord, TurnInfo
from processors.utterance import Ended, Said, Saying


@dataclass(frozen=True, slots=True)
class Began:
    """The caller speaks; there are words."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """The turn is probably over, with these words."""

    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It was not."""


FluxOutcome = Began | Saying | Predicted | Withdrawn | Said | Ended


class FluxTurn:
    """The turn under way. Every method returns what follows, in order."""

    def __init__(self) -> None:
        self.is_open = False
        """Whether words were said that no end of turn has closed."""
        self.words: tuple[FluxWord, ...] = ()
        """Of the turn so far, on the clock of the socket that told it."""
        self._kept = ""
        self._text = ""
        self._language: str | None = None
        self._predicted: str | None = None
        self._closed: int | None = None
        self._is_untold = False

    @property
    def is_untold(self) -> bool:
        """Whether a turn is open of which the socket at hand knows nothing yet."""
        return self._is_untold

    def heard(self, info: TurnInfo) -> list[FluxOutcome]:
        """Flux says how the turn stands."""
        if info.turn is not None and info.turn == self._closed:
            return []
        if info.event == END:
            return self._end(info)
        outcomes = self._withdraw() if info.event == RESUMED else []
        if info.transcript:
            outcomes += self._say(info)
            outcomes += self._predict(info) if info.event == EAGER else []
        return outcomes

    def lost(self, kept: int) -> list[FluxOutcome]:
        """The socket was lost; all but the first ``kept`` words will be told again, by another one."""
        self._kept = " ".join([*([self._kept] if self._kept else []), *(w.text for w in self.words[:kept])])
        self.words = ()
        self._closed = None
        self._is_untold = self.is_open
        return self._withdraw()

    def take(self) -> list[FluxOutcome]:
        """The socket at hand does not know the turn and never will: what was told of it is all there is."""
        return self._close(self._text, self._language) if self.is_open else []

    def _say(self, info: TurnInfo) -> list[FluxOutcome]:
        text = self._whole(info)
        outcomes: list[FluxOutcome] = [] if self.is_open else [Began()]
        if text != self._text or not self.is_open:
            outcomes += self._withdraw()
            outcomes.append(Saying(text, info.language))
        self.is_open, self._is_untold = True, False
        self.words, self._text, self._language = info.words, text, info.language
        return outcomes

    def _predict(self, info: TurnInfo) -> list[FluxOutcome]:
        if self._predicted == self._text:
            return []
        self._predicted = self._text
        return [Predicted(self._text, info.language)]

    def _withdraw(self) -> list[FluxOutcome]:
        was, self._predicted = self._predicted, None
        return [] if was is None else [Withdrawn()]

    def _end(self, info: TurnInfo) -> list[FluxOutcome]:
        began: list[FluxOutcome] = [Began()] if info.transcript and not self.is_open else []
        if not (self.is_open or began):
            return []
        outcomes = began + self._close(self._whole(info), info.language)
        self._closed = info.turn
        return outcomes

    def _close(self, text: str, language: str | None) -> list[FluxOutcome]:
        self.is_open = self._is_untold = False
        self.words, self._kept, self._text, self._predicted = (), "", "", None
        said: list[FluxOutcome] = [Said(text, language, last=True)] if text else []
        return [*said, Ended()]

    def _whole(self, info: TurnInfo) -> str:
        return f"{self._kept} {info.transcript}".strip()
