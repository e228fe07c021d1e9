"""Speech to text: what the caller says, as Deepgram hears it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    MetricsFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import TTFBMetricsData
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transcriptions.language import Language
from pipecat.utils.errors import ErrorCategory
from pipecat.utils.time import time_now_iso8601

from processors import g711
from processors.deepgram import Deepgram
from processors.direct import DirectStage, HearingStage
from processors.errors import VendorError
from processors.frames import RATE, CallerAudioFrame
from processors.listen_events import ListenEvent, Notice, Results, SpeechStarted, UtteranceEnd
from processors.listen_link import ListenLink
from processors.listen_options import listen_options
from processors.listener import Listener
from processors.socket_recipe import Recipe, Stock
from processors.utterance import Ask, Ended, Outcome, Said, Saying

CALLER = "caller"
"""``user_id`` of transcripts; the number stays out of frames that get logged."""

QUIET_BYTES = 1000 * g711.BYTES_PER_MS
"""Bytes kept while the caller is silent: the beginning of speech that the VAD has not confirmed yet."""

FORGET_EVERY = 100 * g711.BYTES_PER_MS
"""Bytes beyond those after which the oldest are dropped: once for five packets."""

CLOSE_WAIT = 0.5
"""Seconds that Deepgram has to close the socket when the call is over."""


class DeepgramSTT(HearingStage):
    """Turns the caller's audio into transcripts and proposals of where a turn ends.

    Audio ends here. Everything else passes, both ways, and is never held up by Deepgram: audio goes to
    memory, and a task of its own carries it on. When the socket breaks, what was not final yet is said again
    to the next one. With a VAD before it, the stage notices dead sockets and words that do not become final.

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
        """What its sockets are opened with."""
        self.speech_started = speech_started
        self._language = _language(language)
        self._listener = Listener(endpointing_ms / 1000, utterance_end_ms / 1000, self._be_late)
        self._link = ListenLink(
            partial(self.recipe.open, deepgram),
            self._hear,
            self._listener.lost,
            self._report,
            None if stock is None else partial(stock.take, self.recipe),
        )
        self._listening: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._over = False
        self._noticed: set[tuple[str, str]] = set()

    def can_generate_metrics(self) -> bool:
        return True

    async def cleanup(self) -> None:
        self._stop()
        for task in (self._ending, self._listening):
            if task is not None:
                await self.cancel_task(task)
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
        elif isinstance(frame, InputAudioRawFrame):
            await self._audio(frame)
        else:
            self._notice(frame)
            await self.push_frame(frame)

    def hear(self, frame: CallerAudioFrame) -> DirectStage | None:
        """Here it ends."""
        if not self._over:
            self._feed(frame.mulaw)
        return None

    def _notice(self, frame: Frame) -> None:
        match frame:
            case StartFrame():
                self._listening = self.create_task(self._listen(), "listen")
            case VADUserStartedSpeakingFrame():
                self._listener.speech_began()
                self._link.speech_began()
            case VADUserStoppedSpeakingFrame():
                self._speech_ended(frame.stop_secs)
            case EndFrame():
                self._stop()
                self._ending = self.create_task(self._end(), "end")
            case CancelFrame():
                self._stop()
                if self._listening is not None:
                    self._listening.cancel()

    # From the caller.

    async def _audio(self, frame: InputAudioRawFrame) -> None:
        if self._over:
            return
        if isinstance(frame, CallerAudioFrame):
            self._feed(frame.mulaw)
        elif (frame.sample_rate, frame.num_channels) == (RATE, 1):
            self._feed(g711.encode(frame.audio))
        elif self._first("audio", f"{frame.sample_rate}"):
            found = f"{frame.sample_rate} Hz with {frame.num_channels} channels"
            await self.push_error(f"DeepgramSTT expects audio at {RATE} Hz, mono, and found {found}")

    def _feed(self, mulaw: bytes) -> None:
        self._link.feed(mulaw, patient=self._listener.is_idle)
        if len(self._link.replay) >= QUIET_BYTES + FORGET_EVERY:
            silent_since = self._listener.silent_since
            if silent_since is not None and self._link.settled >= silent_since:
                self._link.forget(self._link.replay.end - QUIET_BYTES)

    def _speech_ended(self, seconds: float) -> None:
        place = self._link.replay.end - round(seconds * RATE)
        self._listener.speech_ended(seconds, place)
        self._link.speech_ended(place)

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
                self._log(event)

    def _be_late(self, outcomes: Sequence[Outcome]) -> None:
        self._link.settle(self._listener.taken_until)
        self.create_task(self._act(outcomes), "late")

    async def _act(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case Saying(text, language):
                    await self.push_frame(
                        InterimTranscriptionFrame(text, CALLER, time_now_iso8601(), self._spoken(language))
                    )
                case Said(text, language, last):
                    await self.push_frame(
                        TranscriptionFrame(
                            text, CALLER, time_now_iso8601(), self._spoken(language), finalized=last
                        )
                    )
                case Ended():
                    await self._end_turn()
                case Ask():
                    self._link.finalize()

    async def _end_turn(self) -> None:
        ended_at, self._listener.speech_ended_at = self._listener.speech_ended_at, None
        if ended_at is not None and self.metrics_enabled:
            now = asyncio.get_running_loop().time()
            data = TTFBMetricsData(processor=self.name, value=now - ended_at)
            await self.push_frame(MetricsFrame(data=[data]))
        await self.push_frame(ProposedUserStoppedSpeakingFrame())

    def _spoken(self, language: str | None) -> Language | None:
        return self._language if language is None else _language(language)

    def _log(self, notice: Notice) -> None:
        if self._first(notice.kind, notice.code):
            level = "WARNING" if notice.kind in ("Error", "Warning") else "DEBUG"
            logger.log(level, "Deepgram sent {} {} on the listening socket", notice.kind, notice.code)

    def _first(self, kind: str, code: str) -> bool:
        """Whether something happens for the first time in this call."""
        first = (kind, code) not in self._noticed
        self._noticed.add((kind, code))
        return first

    # The life of the call.

    async def _listen(self) -> None:
        try:
            await self._link.run()
        except Exception as error:
            message = f"listening broke off: {type(error).__name__}: {error}"
            await self.push_error(message, exception=error, force_treat_as_permanent=True)

    async def _report(self, error: VendorError, permanent: bool) -> None:
        if not self._over:
            await self.push_error(
                str(error),
                exception=error,
                category=ErrorCategory.UNKNOWN,
                force_treat_as_permanent=permanent,
            )

    async def _end(self) -> None:
        if self._listening is None:
            return
        if self._link.finish():
            await asyncio.wait([self._listening], timeout=CLOSE_WAIT)
        await self.cancel_task(self._listening)

    def _stop(self) -> None:
        self._over = True
        self._listener.stop()


def _language(tag: str) -> Language | None:
    try:
        return Language(tag)
    except ValueError:
        return None
