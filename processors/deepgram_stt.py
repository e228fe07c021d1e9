"""Speech to text: what the caller says, as Deepgram's Nova hears it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pipecat.frames.frames import ProposedUserStartedSpeakingFrame
from pipecat.transcriptions.language import Language

from processors import g711
from processors.deepgram import Deepgram
from processors.frames import RATE
from processors.language_support import base
from processors.listen_dialect import Dialect
from processors.listen_events import ListenEvent, Notice, Results, SpeechStarted, UtteranceEnd, parse
from processors.listen_link import ListenLink
from processors.listen_options import listen_options
from processors.listener import Listener
from processors.listening_stage import ListeningStage, spoken_language
from processors.socket_recipe import Recipe, Stock
from processors.utterance import Ask, Ended, Outcome, Said, Saying

QUIET_BYTES = 1000 * g711.BYTES_PER_MS
"""Bytes kept while the caller is silent: the beginning of speech that the VAD has not confirmed yet."""

FORGET_EVERY = 100 * g711.BYTES_PER_MS
"""Bytes beyond those after which the oldest are dropped: once for five packets."""

DIALECT = Dialect(parse, longest=100 * g711.BYTES_PER_MS)
"""Deepgram asks for messages of 20 to 100 ms.

While the caller is silent, all are as long: a fifth of the messages in the larger part of a call.
"""

KEEP_ALIVE = '{"type":"KeepAlive"}'
KEEP_ALIVE_AFTER = 4.0
"""Seconds without audio after which a ``KeepAlive`` is due; at 10 Deepgram closes (NET-0001)."""

MULTILINGUAL = "multi"
"""The ``language`` of a socket that hears several, and says which."""

FINALIZE = '{"type":"Finalize"}'


class DeepgramSTT(ListeningStage):
    """Turns the caller's audio into transcripts and proposals of where a turn ends.

    Words that were not final when a socket broke are said again to the next one. With a VAD before it, the
    stage notices dead sockets and words that do not become final.

    Args:
        deepgram: opens the socket.
        model: Nova or another model of ``/v1/listen``.
        language: BCP 47, or ``multi``.
        keyterms: words to be expected (nova-3 only).
        endpointing_ms: silence after which Deepgram takes speech for finished.
        utterance_end_ms: time without words after which it does so in noise; 1000 to 5000.
        smart_format: whether numbers, dates and the like are written as people write them.
        options: further arguments of the SDK's ``listen.v1.connect``; they win over the ones above.
        speech_started: whether Deepgram's first sign of speech proposes the start of a turn. It comes early,
            and at any sound.
        stock: where a socket may be open already.

    Raises:
        ValueError: Deepgram would refuse the combination.
    """

    def __init__(
        self,
        deepgram: Deepgram,
        *,
        model: str = "nova-3",
        language: str = "en",
        keyterms: Sequence[str] = (),
        endpointing_ms: int = 300,
        utterance_end_ms: int = 1000,
        smart_format: bool = True,
        options: Mapping[str, Any] = {},
        speech_started: bool = False,
        stock: Stock | None = None,
    ) -> None:
        super().__init__()
        options = listen_options(
            model, language, keyterms, endpointing_ms, utterance_end_ms, smart_format, options
        )
        self.recipe = Recipe.of("listen", options)
        self.speech_started = speech_started
        self._language = spoken_language(language)
        self._deepgram = deepgram
        self.provider = f"{deepgram.name} listen {options['model']}"
        self._listener = Listener(endpointing_ms / 1000, utterance_end_ms / 1000, self._be_late)
        self._link = ListenLink(
            DIALECT,
            lambda: (KEEP_ALIVE_AFTER, KEEP_ALIVE),
            partial(self.recipe.open, deepgram),
            self._hear,
            self._listener.lost,
            self._report,
            None if stock is None else partial(stock.take, self.recipe),
        )

    # From the caller.

    def _feed(self, mulaw: bytes) -> None:
        self._link.feed(mulaw, patient=self._listener.is_idle)
        if len(self._link.replay) >= QUIET_BYTES + FORGET_EVERY:
            silent_since = self._listener.silent_since
            if silent_since is not None and self._link.settled >= silent_since:
                self._link.forget(self._link.replay.end - QUIET_BYTES)

    def _speech_began(self) -> None:
        self._listener.speech_began()
        self._link.speech_began()

    def _speech_ended(self, seconds: float) -> None:
        place = self._link.replay.end - round(seconds * RATE)
        self._listener.speech_ended(seconds, place)
        self._link.speech_ended(place)

    async def _words_wanted(self) -> None:
        await self._act(self._listener.ask())

    def _listen_for(self, language: str) -> None:
        current = str(self.recipe.options["language"])
        if current != MULTILINGUAL and base(current) != language:
            self.recipe = Recipe.of("listen", {**self.recipe.options, "language": self._tag(language)})
            self._language = spoken_language(language)
            self._link.reopen(partial(self.recipe.open, self._deepgram))

    def _tag(self, language: str) -> str:
        return language if self.choice is None else self.choice.tags.get(language, language)

    # From Deepgram.

    async def _hear(self, event: ListenEvent) -> None:
        if self._over:
            return
        match event:
            case Results():
                if event.is_final:
                    self._link.settle(event.end)
                await self._act(self._listener.results(event, self._link.place(event.end)))
            case UtteranceEnd():
                await self._act(self._listener.utterance_end(event))
            case SpeechStarted():
                if self.speech_started:
                    await self.push_frame(ProposedUserStartedSpeakingFrame())
            case Notice():
                self._log(event.kind, event.code)

    def _be_late(self, outcomes: Sequence[Outcome]) -> None:
        self._link.settle(self._listener.taken_until)
        self.create_task(self._act(outcomes), "late")

    async def _act(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case Saying(text, language):
                    await self._push_interim(text, self._spoken(language))
                case Said(text, language, last):
                    await self._push_final(text, self._spoken(language), last)
                case Ended():
                    await self._end_turn()
                case Ask():
                    self._link.order(FINALIZE)

    async def _end_turn(self) -> None:
        ended_at, self._listener.speech_ended_at = self._listener.speech_ended_at, None
        await self._push_end(None if ended_at is None else asyncio.get_running_loop().time() - ended_at)

    def _spoken(self, language: str | None) -> Language | None:
        return self._language if language is None else spoken_language(language)

    def _stop(self) -> None:
        super()._stop()
        self._listener.stop()
