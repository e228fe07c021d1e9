"""What every stage does that has Deepgram listen: audio in, transcripts and ends of turns out."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from loguru import logger
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    MetricsFrame,
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
from processors.direct import DirectStage, HearingStage
from processors.errors import VendorError
from processors.frames import RATE, CallerAudioFrame, FinalWordsFrame, LanguageFrame
from processors.language_choice import LanguageChoice
from processors.listen_link import ListenLink
from processors.socket_recipe import Recipe

CALLER = "caller"
"""``user_id`` of transcripts; the number stays out of frames that get logged."""

CLOSE_WAIT = 0.5
"""Seconds that Deepgram has to close the socket when the call is over."""


class ListeningStage(HearingStage):
    """Turns the caller's audio into transcripts and proposals of where a turn ends.

    Audio ends here. Everything else passes, both ways, and is never held up by Deepgram: audio goes to
    memory, and a task of its own carries it on. When the socket breaks, what was not final yet is said again
    to the next one.

    A subclass makes the link, takes audio in with :meth:`_feed`, and acts on what comes out of it.
    """

    provider: str
    """Whom it asks, for what, and on whose account: by which its circuit breaker goes."""
    recipe: Recipe
    """What its sockets are opened with."""
    _link: ListenLink[Any]

    def __init__(self) -> None:
        super().__init__()
        self.on_trouble: Callable[[bool], None] = lambda _: None
        """Told when what is said may be understood late, and when it will not."""
        self.choice: LanguageChoice | None = None
        """Decides which language the call is in, if it may be in several."""
        self._over = False
        self._listening: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._noticed: set[tuple[str, str]] = set()

    def can_generate_metrics(self) -> bool:
        return True

    async def cleanup(self) -> None:
        self._stop()
        for task in (self._ending, self._listening):
            if task is not None:
                await self.cancel_task(task)
        await super().cleanup()  # type: ignore[no-untyped-call]

    # What a subclass knows.

    @abstractmethod
    def _feed(self, mulaw: bytes) -> None:
        """More of the caller's audio."""

    def _speech_began(self) -> None:
        """The VAD hears the caller."""

    def _speech_ended(self, seconds: float) -> None:
        """The VAD has heard the caller pause for so long."""

    async def _words_wanted(self) -> None:
        """Nobody waits for more: what was heard should be final now."""

    # From the caller.

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            if isinstance(frame, FinalWordsFrame):
                await self._words_wanted()
            else:
                await self.push_frame(frame, direction)
        elif isinstance(frame, InputAudioRawFrame):
            await self._audio(frame)
        else:
            self._notice(frame)
            await self.push_frame(frame)
            if isinstance(frame, StartFrame) and self.choice is not None:
                await self.push_frame(LanguageFrame(self.choice.current))

    def hear(self, frame: CallerAudioFrame) -> DirectStage | None:
        """Here it ends."""
        self.take(frame.mulaw)
        return None

    def take(self, mulaw: bytes) -> None:
        """More of the caller's audio."""
        if not self._over:
            self._feed(mulaw)

    def _notice(self, frame: Frame) -> None:
        match frame:
            case StartFrame():
                self._listening = self.create_task(self._listen(), "listen")
            case VADUserStartedSpeakingFrame():
                self._speech_began()
            case VADUserStoppedSpeakingFrame():
                self._speech_ended(frame.stop_secs)
            case LanguageFrame(code=code):
                self._listen_for(code)
            case EndFrame():
                self._stop()
                self._ending = self.create_task(self._end(), "end")
            case CancelFrame():
                self._stop()
                if self._listening is not None:
                    self._listening.cancel()

    async def _audio(self, frame: InputAudioRawFrame) -> None:
        if self._over:
            return
        if isinstance(frame, CallerAudioFrame):
            self._feed(frame.mulaw)
        elif (frame.sample_rate, frame.num_channels) == (RATE, 1):
            self._feed(g711.encode(frame.audio))
        elif self._first("audio", f"{frame.sample_rate}"):
            name = type(self).__name__
            found = f"{frame.sample_rate} Hz with {frame.num_channels} channels"
            await self.push_error(f"{name} expects audio at {RATE} Hz, mono, and found {found}")

    # The language.

    async def _follow_language(self, text: str, language: Language | None, *, final: bool = True) -> None:
        """Tell who speaks and who thinks, ahead of the words, if the caller speaks another language now."""
        choice = self.choice
        if choice is not None and (code := choice.heard(text, language, final=final)) is not None:
            await self.push_frame(LanguageFrame(code))

    def _listen_for(self, language: str) -> None:
        """The call is in this language now; for a stage that hears one at a time."""

    # To the conversation.

    async def _push_interim(self, text: str, language: Language | None) -> None:
        await self.push_frame(InterimTranscriptionFrame(text, CALLER, time_now_iso8601(), language))

    async def _push_final(self, text: str, language: Language | None, last: bool) -> None:
        await self._follow_language(text, language)
        await self.push_frame(TranscriptionFrame(text, CALLER, time_now_iso8601(), language, finalized=last))

    async def _push_end(self, waited: float | None) -> None:
        """The turn is over, so many seconds after the caller fell silent; None: no VAD was sure of it yet."""
        if self.metrics_enabled:
            data = TTFBMetricsData(processor=self.name, value=waited or 0.0)
            await self.push_frame(MetricsFrame(data=[data]))
        await self.push_frame(ProposedUserStoppedSpeakingFrame())

    def _log(self, kind: str, code: str) -> None:
        """A message that changes nothing, once in a call; never the text that was sent or understood."""
        if self._first(kind, code):
            level = "WARNING" if kind in ("Error", "Warning") else "DEBUG"
            logger.log(level, "Deepgram sent {} {} on the listening socket", kind, code)

    def _first(self, kind: str, code: str) -> bool:
        """Whether something happens for the first time in this call."""
        first = (kind, code) not in self._noticed
        self._noticed.add((kind, code))
        return first

    # In a row of several who could listen.

    @property
    def is_proven(self) -> bool:
        """Whether the socket at hand has shown that it is of use."""
        return self._link.is_proven

    @property
    def place(self) -> int:
        """Bytes of the call's audio that it was given."""
        return self._link.replay.end

    def left_over(self) -> bytes:
        """The audio that has no final words yet: mu-law, to be said again to somebody else."""
        replay = self._link.replay
        return replay.read(replay.start, len(replay))

    def back_up(self) -> None:
        """Somebody else can listen: give up sooner."""
        self._link.bear_less()

    async def suspend(self) -> None:
        """Have nothing to do with the call, and no socket; :meth:`resume` is possible."""
        self._stop()
        listening, self._listening = self._listening, None
        if listening is not None:
            await self.cancel_task(listening)

    async def resume(self) -> None:
        """Listen from here on; what was said before is nobody's concern any more."""
        await self.suspend()
        self._begin_anew()
        self._link.begin_anew()
        self._over = False
        await self.set_usable(True)
        self._listening = self.create_task(self._listen(), "listen")

    def _begin_anew(self) -> None:
        """Forget the turn that was under way."""

    # The life of the call.

    async def _listen(self) -> None:
        self._link.changed = lambda: self.on_trouble(self._link.in_trouble)
        self._link.changed()
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
        """The call is over; what is still understood concerns nobody."""
        self._over = True


def spoken_language(tag: str) -> Language | None:
    """pipecat's name of a language; None if it has none, as for ``multi``."""
    try:
        return Language(tag)
    except ValueError:
        return None
