"""Speech to text and turns: what the caller says and when he has done, as Deepgram's Flux hears it."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    ProposedUserStartedSpeakingFrame,
)
from pipecat.transcriptions.language import Language
from pipecat.utils.time import time_now_iso8601

from processors import g711
from processors.deepgram import Deepgram, Socket
from processors.flux_events import END, Configured, FluxEvent, TurnInfo, parse
from processors.flux_options import MULTILINGUAL, FluxOptions, terms
from processors.flux_tuning import FluxTuning
from processors.flux_turn import Began, FluxOutcome, FluxTurn, Predicted, Withdrawn
from processors.frames import RATE
from processors.listen_dialect import Dialect, Filler
from processors.listen_events import Notice
from processors.listen_link import ListenLink
from processors.listening_stage import CALLER, ListeningStage, spoken_language
from processors.socket_recipe import Recipe, Stock
from processors.utterance import Ended, Said, Saying

MESSAGE = 80 * g711.BYTES_PER_MS
"""Bytes of an audio message: 80 ms are strongly recommended (Flux: quickstart), four packets of a phone."""

KEPT_MS = 30_000
"""Milliseconds of an unfinished turn that can be said again; of a longer one, the first words are kept."""

GAP = 0.96
"""Seconds without audio, in the middle of a turn, after which silence takes its place.

Flux hears time pass in the audio alone: without any, a turn that has begun does not end. Less than a second
may be a network that stalls. What it holds back still comes, and silence in between would cut the turn.
"""

LOOK_EVERY = 0.5
"""Seconds at most until it is noticed that audio is missing."""

AWAKE = 4.0
"""Seconds without audio, between turns, after which Flux hears a moment of silence. It has no ``KeepAlive``,
and how long it waits is not documented; other sockets of Deepgram close after 10 s (NET-0001)."""

QUIET = 2000 * g711.BYTES_PER_MS
"""Bytes kept of what Flux has found no word in: the beginning of one that it has not made out yet."""

RETOLD_LATE = 2000 * g711.BYTES_PER_MS
"""Bytes behind a break in a turn by which another socket should have found the turn, too."""

STALE = 1.0
"""Seconds before the end of the last word in which a pause that the VAD heard is not the end of the turn."""

FORCE_END_TURN = '{"type":"ForceEndTurn"}'


def _is_turn_info(event: FluxEvent) -> bool:
    return isinstance(event, TurnInfo)


DIALECT: Dialect[FluxEvent] = Dialect(
    parse, longest=MESSAGE, proves=_is_turn_info, shortest=MESSAGE, kept_ms=KEPT_MS, look_every=LOOK_EVERY
)


class FluxSTT(ListeningStage):
    """Turns the caller's audio into turns: where they begin, what is said, where they end, or will soon.

    A turn that was not over when a socket broke is heard again by the next one, from its start, and stays one
    turn. With a VAD before it, the stage also notices a socket that is dead before it has said a word.

    Args:
        deepgram: opens the socket.
        model: ``flux-general-en`` or ``flux-general-multi``.
        eot_threshold: confidence at which a turn is over, 0.5 to 1.
        eager_eot_threshold: confidence at which it probably is, 0.3 to 0.9; None if nobody wants to know.
        eot_timeout_ms: silence after which it is over in any case; 500 to 60,000.
        keyterms: words to be expected.
        language_hints: languages to be expected (``flux-general-multi`` only).
        stock: where a socket may be open already.

    Raises:
        ValueError: Deepgram would refuse the combination.
    """

    def __init__(
        self,
        deepgram: Deepgram,
        *,
        model: str = "flux-general-en",
        eot_threshold: float = 0.7,
        eager_eot_threshold: float | None = None,
        eot_timeout_ms: int = 5000,
        keyterms: Sequence[str] = (),
        language_hints: Sequence[str] = (),
        stock: Stock | None = None,
    ) -> None:
        super().__init__()
        self._tuning = FluxTuning(
            FluxOptions(
                model,
                eot_threshold,
                eager_eot_threshold,
                eot_timeout_ms,
                terms(keyterms),
                terms(language_hints),
            )
        )
        self.recipe = _recipe(self.options)
        self.provider = f"{deepgram.name} listen {model}"
        self._turn = FluxTurn()
        self._link = ListenLink(
            DIALECT,
            self._filler,
            partial(self._open, deepgram),
            self._hear,
            self._lost,
            self._report,
            None if stock is None else partial(stock.take, self.recipe),
        )
        self._speaking = self._is_awaited = False
        self._paused_at: float | None = None
        self._tells_silence = False
        self._retold_by = 0

    @property
    def options(self) -> FluxOptions:
        """What Flux listens for, or will as soon as it has taken the last change."""
        return self._tuning.wanted

    def configure(self, **changes: Any) -> None:
        """Change thresholds, keyterms or hints of languages from here on, without a pause in listening.

        Args:
            changes: any arguments of :class:`FluxSTT` but the model; what is None or left out stays as it is.
                What Flux refuses leaves all as it was, and is logged.

        Raises:
            ValueError: Flux would refuse them; says which, and what it takes.
        """
        self._tuning.want(self.options.but(**changes))
        self._tune()

    def force_end_turn(self) -> None:
        """End the turn with what was heard of it so far; nothing, if nobody has said a word."""
        if self._turn.is_open:
            self._link.order(FORCE_END_TURN)

    # From the caller.

    def _feed(self, mulaw: bytes) -> None:
        self._link.feed(mulaw, patient=True)

    def _speech_began(self) -> None:
        self._speaking = self._is_awaited = True
        self._paused_at = None
        self._link.speech_began()

    def _speech_ended(self, seconds: float) -> None:
        self._speaking = self._is_awaited = False
        self._paused_at = _now() - seconds
        if not self._is_owed:
            self._link.speech_ended(self._link.replay.end - round(seconds * RATE))

    def _begin_anew(self) -> None:
        self._turn = FluxTurn()
        self._speaking = self._is_awaited = self._tells_silence = False
        self._paused_at = None
        self._retold_by = 0

    def _filler(self) -> Filler:
        if self._turn.is_open or self._is_awaited:
            return GAP, g711.SILENCE * round(GAP * RATE)
        return AWAKE, g711.SILENCE * MESSAGE

    async def _words_wanted(self) -> None:
        self.force_end_turn()

    # From Deepgram.

    async def _open(self, deepgram: Deepgram) -> Socket:
        socket = await _recipe(self._tuning.opening()).open(deepgram)
        self._link.speech_began()  # it owes us word that it is connected
        return socket

    async def _hear(self, event: FluxEvent) -> None:
        if self._over:
            return
        match event:
            case TurnInfo():
                await self._hear_turn(event)
            case Configured():
                self._tuning.answered(event.accepted)
                if not event.accepted:
                    self._log("Warning", f"ConfigureFailure {event.code}")
            case Notice("Error"):
                self._link.condemn(f"reported {event.code or 'an error'} on the listening socket")
            case Notice("Connected"):
                pass
            case Notice():
                self._log(event.kind, event.code)
        self._expect_more()
        self._tune()

    async def _hear_turn(self, info: TurnInfo) -> None:
        self._tells_silence = self._tells_silence or not (info.transcript or self._turn.is_open)
        outcomes = self._turn.heard(info)
        place = self._link.place(info.end)
        if self._turn.is_untold and place >= self._retold_by:
            outcomes += self._turn.take()
        if info.event == END:
            self._link.settle(info.end)
        elif not self._turn.is_open:
            self._link.forget(place - QUIET)
        await self._act(outcomes, self._waited(info))

    def _waited(self, info: TurnInfo) -> float | None:
        """Seconds from the end of speech: by the VAD, or by the words where it has not noticed that end."""
        ends = [word.end for word in info.words if word.end is not None]
        by_words = (self._link.replay.end - self._link.place(ends[-1])) / RATE if ends else None
        by_vad = None if self._paused_at is None else _now() - self._paused_at
        if by_vad is None or (by_words is not None and by_vad > by_words + STALE):
            return by_words
        return by_vad

    async def _act(self, outcomes: Sequence[FluxOutcome], waited: float | None = None) -> None:
        for outcome in outcomes:
            match outcome:
                case Began():
                    await self.push_frame(ProposedUserStartedSpeakingFrame())
                case Saying(text, language):
                    await self._push_interim(text, self._spoken(language))
                case Predicted(text, language):
                    now, spoken = time_now_iso8601(), self._spoken(language)
                    await self._follow_language(text, spoken, final=False)
                    await self.push_frame(EagerTranscriptionFrame(text, CALLER, now, spoken))
                case Withdrawn():
                    await self.push_frame(EagerEndOfTurnCancelFrame())
                case Said(text, language, last):
                    await self._push_final(text, self._spoken(language), last)
                case Ended():
                    self._paused_at, self._is_awaited = None, False
                    await self._push_end(waited)

    def _lost(self) -> None:
        gone = [w for w in self._turn.words if w.start is not None and self._is_gone(w.start)]
        outcomes = self._turn.lost(len(gone))
        self._retold_by = self._link.replay.end + RETOLD_LATE
        if outcomes and not self._over:
            self.create_task(self._act(outcomes), "lost")

    def _is_gone(self, seconds: float) -> bool:
        return self._link.place(seconds) < self._link.replay.start

    @property
    def _is_owed(self) -> bool:
        """Whether Flux has to say something about whatever audio it gets.

        It tells how a turn stands every quarter of a second of audio, between turns as well (Flux: state
        machine); to the latter it is only held once it has done it.
        """
        return self._turn.is_open or self._tells_silence

    def _expect_more(self) -> None:
        if self._is_owed:
            self._link.speech_began()
        elif not self._speaking:
            self._link.speech_ended(self._link.replay.end)

    def _tune(self) -> None:
        order = self._tuning.due(_now())
        if order is not None and self._link.order(order):
            self._tuning.sent(_now())

    def _spoken(self, language: str | None) -> Language | None:
        if language is not None:
            return spoken_language(language)
        if self.options.model != MULTILINGUAL:
            return Language.EN
        return (
            spoken_language(self.options.language_hints[0]) if len(self.options.language_hints) == 1 else None
        )


def _recipe(options: FluxOptions) -> Recipe:
    return Recipe.of("listen", options.connect(), 2)


def _now() -> float:
    return asyncio.get_running_loop().time()
