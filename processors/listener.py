"""An utterance in time: what Deepgram says, what the VAD says, and what to do when one of them is late."""

import asyncio
from collections.abc import Callable, Sequence

from processors.g711 import BYTES_PER_MS
from processors.listen_events import Results, UtteranceEnd
from processors.utterance import Ask, Outcome, Utterance

FINAL_LATE = 0.7
"""Seconds after the endpoint at which words should be final; then they are asked for."""

END_LATE = 0.5
"""Seconds after an utterance's end at which it should have been announced; then it is taken for granted."""

ANSWER_LATE = 0.5
"""Seconds in which an asked recogniser should answer; then its interim words are taken as they are."""

ANSWER_LIMIT = 2.0
"""Seconds in which one should that has not even heard the caller to the end: it is behind, not deaf."""

CLOSE_TO = 300 * BYTES_PER_MS
"""Bytes before the end of speech at which it counts as heard to the end."""

LEAST_WAIT = 0.25
"""Seconds that a recogniser has in any case: it may be hearing a replay of what is long past."""

Due = tuple[str, float]
"""What is waited for, and the moment that made it so."""


class Listener:
    """Knows when an utterance is overdue; without a VAD it never is.

    Args:
        endpointing: seconds of silence after which Deepgram takes speech for finished.
        utterance_end: seconds without words after which it takes an utterance for finished.
        late: called with what follows from waiting in vain.
    """

    def __init__(
        self, endpointing: float, utterance_end: float, late: Callable[[Sequence[Outcome]], None]
    ) -> None:
        self.speech_ended_at: float | None = None
        """Loop time at which the caller paused, while nothing but the end of the utterance is missing."""
        self._final_after = endpointing + FINAL_LATE
        self._end_after = utterance_end + END_LATE
        self._late = late
        self._utterance = Utterance()
        self._speaking = False
        self._paused_at: float | None = None
        self._paused_place = 0
        self._heard_place = 0
        self._asked_at = 0.0
        self._due: Due | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def silent_since(self) -> int | None:
        """Place in the call since which nothing is said, if no word is interim. Only a VAD can tell."""
        silent = self._paused_at is not None and not self._speaking and not self._utterance.pending
        return self._paused_place if silent else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is said and nothing is waited for: the last utterance has been announced over."""
        return self.silent_since is not None and not self._utterance.unfinished

    @property
    def taken_until(self) -> float:
        """Seconds on the socket's clock up to which interim words were taken as final."""
        return self._utterance.taken_until

    def speech_began(self) -> None:
        self._speaking = True
        self.speech_ended_at = None
        self._utterance.resumed()
        self._expect()

    def speech_ended(self, seconds: float, place: int) -> None:
        """The caller paused so long ago, at this place of the call."""
        self._speaking = False
        self._paused_at = self.speech_ended_at = _now() - seconds
        self._paused_place = place
        self._expect()

    def results(self, event: Results, place: int) -> Sequence[Outcome]:
        """What was said up to this place of the call."""
        self._heard_place = place
        return self._follow(self._utterance.results(event))

    def utterance_end(self, event: UtteranceEnd) -> Sequence[Outcome]:
        return self._follow(self._utterance.utterance_end(event))

    def ask(self) -> Sequence[Outcome]:
        """The turn is over, as far as anybody can hear: interim words should be final now."""
        return self._follow(self._utterance.ask())

    def lost(self) -> None:
        """The socket was lost; what was not final will be heard again."""
        self._utterance.lost()
        self._expect()

    def stop(self) -> None:
        """The call is over."""
        self._utterance = Utterance()
        self._speaking, self._paused_at = False, None
        self._expect()

    def _follow(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        if any(isinstance(outcome, Ask) for outcome in outcomes):
            self._asked_at = _now()
        self._expect()
        return outcomes

    def _expect(self) -> None:
        """Have the timer wait for what is missing now. What it waits for already, it goes on waiting for."""
        due = self._missing()
        if due == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        self._timer = (
            None if due is None else asyncio.get_running_loop().call_at(self._when(*due), self._fire)
        )

    def _missing(self) -> Due | None:
        if self._utterance.asked:
            return "answer", self._asked_at
        if self._paused_at is None or self._speaking or not self._utterance.unfinished:
            return None
        return "final" if self._utterance.pending else "end", self._paused_at

    def _when(self, what: str, since: float) -> float:
        if what == "answer":
            return since + ANSWER_LATE
        return max(_now() + LEAST_WAIT, since + (self._final_after if what == "final" else self._end_after))

    def _fire(self) -> None:
        due, self._due, self._timer = self._due, None, None
        if due is not None and due[0] == "final":
            self._late(self._follow(self._utterance.ask()))
        elif due is not None and due[0] == "answer" and self._behind():
            self._due = due
            self._timer = asyncio.get_running_loop().call_later(LEAST_WAIT, self._fire)
        else:
            self._late(self._follow(self._utterance.take()))

    def _behind(self) -> bool:
        """Whether the recogniser may still be on its way to the end of speech."""
        at_the_end = self._speaking or self._heard_place >= self._paused_place - CLOSE_TO
        return not at_the_end and _now() < self._asked_at + ANSWER_LIMIT


def _now() -> float:
    return asyncio.get_running_loop().time()
