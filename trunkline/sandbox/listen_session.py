"""When Deepgram says what: interim and final results, endpoints, ends of utterances, by the audio's clock."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from trunkline.sandbox.ears import Speech, Word
from trunkline.sandbox.listen_query import ListenQuery

Message = dict[str, Any]

INTERIM_S = 0.3
"""Seconds of audio between interim results that say something new."""

CADENCE_S = 1.0
"""Seconds of audio after which a result is sent even if it says nothing new (Deepgram: about one)."""

SEGMENT_S = 5.0
"""Seconds of audio after which words become final though the speaker goes on."""

EMPTY_S = 3.0
"""Seconds of silence after which an empty final result covers it."""

SETTLE_S = 1.0
"""Seconds of silence after which words become final where endpointing is off."""

BUFFERED_S = 0.1
"""Seconds of audio below which ``Finalize`` finds nothing to flush."""

EPSILON = 0.005
"""Seconds; times are multiples of a sample."""

PUNCTUATION = ".,?!;:"

MODEL_VERSION = "2025-04-17.21547"
MODEL_UUID = "40bd3654-e622-47c4-a111-63a61b23bfe8"


class Session:
    """One connection's transcript. Audio and what ears made of it in, messages out; knows no socket.

    Args:
        query: what the client asked for.
        request_id: named in each result.
        final_ms: see :class:`~trunkline.sandbox.ears.Ears`; with it, speech that is over waits for
            :meth:`settle`.
        no_endpoint: the end of speech is not noticed.
    """

    def __init__(
        self,
        query: ListenQuery,
        request_id: str,
        final_ms: int | None = None,
        *,
        interim_s: float = INTERIM_S,
        no_endpoint: bool = False,
    ) -> None:
        self.clock = 0.0
        """Seconds of audio heard."""
        self._query = query
        self._request_id = request_id
        self._final_ms = final_ms
        self._interim_s = interim_s
        self._no_endpoint = no_endpoint
        self._speech: Speech | None = None
        self._final_until = 0.0
        self._said_at = 0.0
        self._news_at = 0.0
        self._said: tuple[Word, ...] = ()
        self._last_word_end: float | None = None

    def hear(self, seconds: float, speeches: Sequence[Speech]) -> list[Message]:
        """What to send once another piece of audio was heard.

        Args:
            seconds: the piece's length.
            speeches: what ears understood by it.
        """
        self.clock += seconds
        messages = [message for speech in speeches for message in self._hear_speech(speech)]
        messages += self._end_of_speech()
        messages += self._interim()
        messages += self._end_of_utterance()
        return messages

    def settle(self, start: float) -> list[Message]:
        """The final result of the speech that started at ``start``, if it is still to come."""
        if self._speech is None or self._speech.start != start:
            return []
        return [self._endpoint()]

    def finalize(self) -> list[Message]:
        """The answer to ``Finalize``: all that was heard becomes final. Nothing, if nearly nothing was."""
        if self.clock - self._final_until < BUFFERED_S and not self._pending():
            return []
        return [self._final(self.clock, from_finalize=True)]

    def finish(self) -> list[Message]:
        """What is left to say before closing."""
        return [self._final(self.clock)] if self._pending() else []

    def _hear_speech(self, speech: Speech) -> Iterator[Message]:
        if self._speech is None or speech.start > self._speech.start:
            if self._speech is not None:
                yield self._final(speech.start)
            if self._query.vad_events:
                heard = max(speech.start, self._final_until)
                yield {"type": "SpeechStarted", "channel": self._channel, "timestamp": round(heard, 3)}
        self._speech = speech
        if pending := self._pending():
            self._last_word_end = pending[-1].end

    def _end_of_speech(self) -> Iterator[Message]:
        speech, pending = self._speech, self._pending()
        if speech is None:
            if self.clock - self._final_until >= EMPTY_S:
                yield self._final(self.clock)
        elif self._paused(speech):
            yield self._endpoint()
        elif len(pending) > 1 and self.clock - self._final_until >= SEGMENT_S:
            # The last word may still become another one.
            yield self._final(pending[-2].end)

    def _paused(self, speech: Speech) -> bool:
        if self._no_endpoint or (speech.over and self._final_ms is not None):
            return False
        silence_ms = self._query.endpointing_ms
        pause = SETTLE_S if silence_ms is None else silence_ms / 1000
        return self.clock - speech.end >= pause - EPSILON

    def _interim(self) -> Iterator[Message]:
        if not self._query.interim_results:
            return
        pending = self._pending()
        is_news = pending and pending != self._said and self._is_due(self._news_at, self._interim_s)
        if is_news or self._is_due(self._said_at, CADENCE_S):
            yield self._results(pending, self.clock, is_final=False)

    def _is_due(self, since: float, every: float) -> bool:
        return self.clock - since >= every - EPSILON

    def _end_of_utterance(self) -> Iterator[Message]:
        wanted, last = self._query.utterance_end_ms, self._last_word_end
        if wanted is not None and last is not None and self.clock - last >= wanted / 1000:
            self._last_word_end = None
            yield {"type": "UtteranceEnd", "channel": self._channel, "last_word_end": round(last, 3)}

    def _pending(self) -> tuple[Word, ...]:
        """Words that are not final yet."""
        if self._speech is None:
            return ()
        return tuple(word for word in self._speech.words if word.start >= self._final_until - EPSILON)

    def _final(self, until: float, *, speech_final: bool = False, from_finalize: bool = False) -> Message:
        words = tuple(word for word in self._pending() if word.end <= until + EPSILON)
        message = self._results(
            words, until, is_final=True, speech_final=speech_final, from_finalize=from_finalize
        )
        self._final_until = until
        self._said = ()
        return message

    def _endpoint(self) -> Message:
        message = self._final(self.clock, speech_final=self._query.endpointing_ms is not None)
        self._speech = None
        return message

    def _results(self, words: tuple[Word, ...], until: float, *, is_final: bool, **flags: bool) -> Message:
        self._said, self._said_at = words, self.clock
        self._news_at = self.clock if words else self._news_at
        texts = [word.text if self._query.formatted else plain(word.text) for word in words]
        alternative = {
            "transcript": " ".join(texts),
            "confidence": round(min((word.confidence for word in words), default=0.0), 4),
            "words": [self._word(word) for word in words],
            **self._languages(words),
        }
        return {
            "type": "Results",
            "channel_index": self._channel,
            "duration": round(until - self._final_until, 3),
            "start": round(self._final_until, 3),
            "is_final": is_final,
            "speech_final": flags.get("speech_final", False),
            "channel": {"alternatives": [alternative]},
            "metadata": self._metadata(),
            "from_finalize": flags.get("from_finalize", False),
        }

    def _languages(self, words: Sequence[Word]) -> Message:
        """The one with most words first."""
        if not (self._query.tells_languages and words):
            return {}
        return {"languages": [code for code, _ in Counter(w.language for w in words).most_common()]}

    def _word(self, word: Word) -> Message:
        timed = {
            "word": plain(word.text),
            "start": round(word.start, 3),
            "end": round(word.end, 3),
            "confidence": word.confidence,
        }
        if self._query.tells_languages:
            timed["language"] = word.language
        return {**timed, "punctuated_word": word.text} if self._query.formatted else timed

    def _metadata(self) -> Message:
        name = self._query.model.removesuffix("-general")
        info = {"name": f"general-{name}", "version": MODEL_VERSION, "arch": name}
        return {"request_id": self._request_id, "model_info": info, "model_uuid": MODEL_UUID}

    @property
    def _channel(self) -> list[int]:
        return [0, self._query.channels]


def plain(word: str) -> str:
    """A word without capitals and punctuation."""
    return word.strip(PUNCTUATION).lower()
