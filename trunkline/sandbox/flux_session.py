"""When Flux says what: how a turn begins, goes on and ends, by the audio's clock (Flux: state machine)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from trunkline.sandbox.ears import Speech, Word
from trunkline.sandbox.flux_confidence import confidence
from trunkline.sandbox.flux_query import FluxQuery

Message = dict[str, Any]

CADENCE_S = 0.25
"""Seconds of audio behind a message after which an ``Update`` is sent, whether or not there is news."""

BLOCK_S = 0.03
"""Seconds since a sound in which the caller is still taken to speak: ears hear in steps of 20 ms."""

EPSILON = 0.005
"""Seconds; times are multiples of a sample."""

Languages = Callable[[str], Sequence[str]]
"""The languages in which something is said, the one with most words first."""


class FluxSession:
    """One connection's turns. Audio and what ears made of it in, messages out; knows no socket.

    ``query`` may be replaced at any time: that is what ``Configure`` does.

    Args:
        query: what the client asked for.
        final_ms: see :class:`~trunkline.sandbox.ears.Ears`; with it, silence alone makes nobody sure that a
            turn is over whose speech is: :meth:`settle` does.
        no_endpoint: the end of speech is not noticed.
        languages: what the multilingual model makes of a transcript.
    """

    def __init__(
        self,
        query: FluxQuery,
        final_ms: int | None = None,
        *,
        no_endpoint: bool = False,
        languages: Languages | None = None,
    ) -> None:
        self.query = query
        self.clock = 0.0
        """Seconds of audio heard."""
        self.is_open = False
        """Whether a turn has begun."""
        self._final_ms = final_ms
        self._no_endpoint = no_endpoint
        self._languages = languages
        self._turn = 0
        self._turn_from = 0.0
        self._earlier: tuple[Word, ...] = ()
        self._speech: Speech | None = None
        self._sound_until = 0.0
        self._eager: str | None = None
        self._said_at = 0.0
        self._said = ""

    def hear(self, seconds: float, speeches: Sequence[Speech]) -> list[Message]:
        """What to send once another piece of audio was heard, and what ears understood by it."""
        self.clock += seconds
        for speech in speeches:
            self._hear_speech(speech)
        return list(self._news())

    def settle(self, start: float, *, eager: bool) -> list[Message]:
        """The turn in which the speech began that started at ``start`` is over, or (eager) probably is."""
        if self._speech is None or self._speech.start != start or not self.is_open:
            return []
        if eager:
            return self._prediction()
        if self._no_endpoint or self.query.eot_threshold >= 1.0:
            return []
        return [*self._prediction(), self._end("model")]

    def force(self) -> list[Message]:
        """End the turn now; nothing if there is none."""
        return [self._end("manual")] if self.is_open else []

    def finish(self) -> list[Message]:
        """What is left to say before closing: the last words, which end no turn."""
        return [self._info("Update")] if self.is_open and self._transcript() != self._said else []

    def _hear_speech(self, speech: Speech) -> None:
        if self._speech is not None and speech.start > self._speech.start:
            self._earlier = self._words()
        self._speech = speech
        self._sound_until = speech.end

    def _news(self) -> Iterator[Message]:
        if self.is_open:
            yield from self._resumption()
            yield from self._ending()
        elif self._words():
            self.is_open = True
            yield self._info("StartOfTurn")
        if self.clock - self._said_at >= CADENCE_S - EPSILON:
            yield self._info("Update")

    def _resumption(self) -> Iterator[Message]:
        if self._eager is not None and (self._silence() < BLOCK_S or self._transcript() != self._eager):
            self._eager = None
            yield self._info("TurnResumed")

    def _ending(self) -> Iterator[Message]:
        if self._no_endpoint:
            return
        sure = 0.0 if self._is_timed() else self._confidence()
        eager = self.query.eager_eot_threshold
        if eager is not None and self._eager is None and sure >= eager:
            yield self._predict()
        if sure >= self.query.eot_threshold:
            yield self._end("model")
        elif self._silence() * 1000 >= self.query.eot_timeout_ms:
            yield self._end("timeout")

    def _is_timed(self) -> bool:
        """Whether the model's judgement is left to :meth:`settle`."""
        return self._final_ms is not None and self._speech is not None and self._speech.over

    def _prediction(self) -> list[Message]:
        """The prediction that goes before an end, where the client wants any and has none."""
        wanted = self.query.eager_eot_threshold is not None and self._eager is None
        return [self._predict()] if wanted else []

    def _predict(self) -> Message:
        self._eager = self._transcript()
        return self._info("EagerEndOfTurn")

    def _end(self, trigger: str) -> Message:
        message = {**self._info("EndOfTurn"), "trigger": trigger}
        self.is_open, self._eager, self._said = False, None, ""
        self._earlier = ()
        self._turn += 1
        self._turn_from = self.clock
        return message

    def _words(self) -> tuple[Word, ...]:
        """Of the turn. A word that was not understood when the last turn ended belongs to this one."""
        now = self._speech.words if self._speech is not None else ()
        return self._earlier + tuple(word for word in now if word.end > self._turn_from + EPSILON)

    def _transcript(self) -> str:
        return " ".join(word.text for word in self._words())

    def _silence(self) -> float:
        return self.clock - self._sound_until

    def _confidence(self) -> float:
        return confidence(self._silence(), self._transcript())

    def _info(self, event: str) -> Message:
        self._said_at, self._said = self.clock, self._transcript()
        return {
            "type": "TurnInfo",
            "event": event,
            "turn_index": self._turn,
            "audio_window_start": round(self._turn_from, 3),
            "audio_window_end": round(self.clock, 3),
            "transcript": self._said,
            "words": [_word(word) for word in self._words()],
            "end_of_turn_confidence": round(self._confidence(), 4),
            **self._told_languages(),
        }

    def _told_languages(self) -> Message:
        if not self.query.tells_languages:
            return {}
        hints = list(self.query.language_hints)
        told: Message = {"languages_hinted": hints} if hints else {}
        if self._said:
            guess = self._languages(self._said) if self._languages is not None else hints[:1] or ["en"]
            told["languages"] = list(guess)
        return told


def _word(word: Word) -> Message:
    return {
        "word": word.text,
        "confidence": word.confidence,
        "start": round(word.start, 3),
        "end": round(word.end, 3),
    }
