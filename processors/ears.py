"""Who listens to the caller: a stage of ours, or a service of pipecat, beside the pipeline."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    MetricsFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    TranslationFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService
from pipecat.transcriptions.language import Language

from processors import g711
from processors.frames import RATE, LanguageFrame, TurnJudgedFrame
from processors.listening_stage import ListeningStage, spoken_language
from processors.replay import PACKET, Replay
from processors.standin import provider_of
from processors.understudy import Understudy

KEPT_MS = 30_000
"""Milliseconds of speech without final words that can be said again to somebody else."""

LATE = 300 * g711.BYTES_PER_MS
"""Bytes before a final result that it does not tell of: what was said while it was made."""

BEFORE = 1000 * g711.BYTES_PER_MS
"""Bytes before speech that belong to it: its beginning, before the VAD was sure."""

VADFrame = VADUserStartedSpeakingFrame | VADUserStoppedSpeakingFrame

Sign = tuple[int, VADFrame]
"""What the VAD said, at a place of the audio."""

MADE = (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    ErrorFrame,
    InterimTranscriptionFrame,
    LanguageFrame,
    MetricsFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    TranslationFrame,
    TurnJudgedFrame,
)
"""What a recogniser makes for the call."""

LEARNED_FROM = (
    InterruptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
"""What a service of pipecat may want to know, besides the audio."""


class Ears(Protocol):
    """One who listens, or could."""

    name: str
    """By which its circuit breaker goes, too."""
    returns: bool
    """Whether it can start again after a rest."""
    knows_turns: bool
    """Whether it tells when a turn is over."""

    @property
    def is_proven(self) -> bool:
        """Whether it has understood anything since it was started."""

    @property
    def place(self) -> int:
        """Bytes of audio that it was given."""

    def hear(self, mulaw: bytes) -> None:
        """What the caller says; kept until somebody has understood it."""

    async def tell(self, frame: Frame, direction: FrameDirection) -> None:
        """What goes by."""

    async def start(self) -> None:
        """Listen, to what was kept first.

        Raises:
            Exception: it cannot.
        """

    async def rest(self) -> None:
        """Let go of everything."""

    async def close(self) -> None:
        """The call is over."""

    def left_over(self) -> bytes:
        """Audio without final words: mu-law."""


class StageEars:
    """A stage of ours. Nothing of it is asked for anew when it is started again, but what it hears then.

    Args:
        stage: runs inside ``host``.
        host: the stage of the pipeline.
        made: takes what it makes.
    """

    knows_turns = True
    returns = True

    def __init__(
        self,
        stage: ListeningStage,
        host: FrameProcessor,
        made: Callable[[Frame, FrameDirection], Awaitable[None]],
    ) -> None:
        self.name = stage.provider
        self.stage = stage
        self.hear = stage.take
        self._made = made
        self._told: Frame | None = None
        self._understudy = Understudy(stage, host, self._emerge)
        self._has_begun = False

    @property
    def is_proven(self) -> bool:
        return self.stage.is_proven

    @property
    def place(self) -> int:
        return self.stage.place

    async def tell(self, frame: Frame, direction: FrameDirection) -> None:
        self._told = frame
        await self.stage.queue_frame(frame, direction)
        self._told = None

    async def start(self) -> None:
        if self._has_begun:
            await self.stage.resume()
            return
        self._has_begun = True
        await self._understudy.start()

    async def rest(self) -> None:
        await self.stage.suspend()

    async def close(self) -> None:
        if self._has_begun:
            await self._understudy.stop()

    def left_over(self) -> bytes:
        return self.stage.left_over()

    async def _emerge(self, frame: Frame, direction: FrameDirection) -> None:
        if frame is not self._told and isinstance(frame, MADE):
            await self._made(frame, direction)


class ServiceEars:
    """A service of pipecat, which gets audio as pipecat has it: PCM, 8 kHz, 20 ms at a time.

    Args:
        service: any of pipecat's, with its sample rate left to the pipeline, or set to 8000.
        host: the stage of the pipeline.
        made: takes what it makes.
        language: what is spoken, if the service is to be told.
    """

    returns = False
    knows_turns = False

    def __init__(
        self,
        service: STTService,
        host: FrameProcessor,
        made: Callable[[Frame, FrameDirection], Awaitable[None]],
        language: Language | None = None,
    ) -> None:
        self.name = provider_of(service)
        self.is_proven = False
        self._made = made
        self._language = language
        self._understudy = Understudy(service, host, self._emerge)
        self._kept = Replay(KEPT_MS)
        self._began: int | None = None
        """Place at which speech began of which there are no final words."""
        self._speaks = False

    @property
    def place(self) -> int:
        return self._kept.end

    def hear(self, mulaw: bytes) -> None:
        self._kept.append(mulaw)
        for at in range(0, len(mulaw), PACKET):
            pcm = g711.decode(mulaw[at : at + PACKET])
            self._understudy.post(InputAudioRawFrame(pcm, RATE, 1))

    async def tell(self, frame: Frame, direction: FrameDirection) -> None:
        match frame:
            case LanguageFrame():
                self._speak(spoken_language(frame.code))
            case VADUserStartedSpeakingFrame():
                self._speaks = True
                self._began = self.place if self._began is None else self._began
            case VADUserStoppedSpeakingFrame():
                self._speaks = False
        if isinstance(frame, LEARNED_FROM) and direction is FrameDirection.DOWNSTREAM:
            self._understudy.post(frame)

    async def start(self) -> None:
        await self._understudy.start()
        self._speak(self._language)

    async def rest(self) -> None:
        await self._understudy.stop()

    async def close(self) -> None:
        await self._understudy.stop()

    def left_over(self) -> bytes:
        start = self._kept.end if self._began is None else self._began
        start = max(self._kept.start, start - BEFORE)
        return self._kept.read(start, len(self._kept))

    def _speak(self, language: Language | None) -> None:
        if language is not None:
            self._understudy.post(STTUpdateSettingsFrame(delta=STTSettings(language=language)))

    async def _emerge(self, frame: Frame, direction: FrameDirection) -> None:
        match frame:
            case TranscriptionFrame():
                self.is_proven = True
                self._settle()
            case InterimTranscriptionFrame():
                self.is_proven = True
            case ProposedUserStoppedSpeakingFrame():
                self.knows_turns = True
        if isinstance(frame, MADE):
            await self._made(frame, direction)

    def _settle(self) -> None:
        """What was said before a moment ago is final."""
        place = self._kept.end - LATE
        self._kept.forget(place)
        self._began = max(place, 0) if self._speaks else None


def backlog(audio: bytes, end: int, signs: Sequence[Sign]) -> list[bytes | VADFrame]:
    """Audio up to a place, and between it what the VAD said when it came to that."""
    start = end - len(audio)
    before = [sign for place, sign in signs if place < start]
    items: list[bytes | VADFrame] = []
    if before and isinstance(before[-1], VADUserStartedSpeakingFrame):
        items.append(before[-1])
    at = start
    for place, sign in signs:
        if place >= start:
            items += [audio[at - start : place - start], sign]
            at = place
    return [item for item in (*items, audio[at - start :]) if not isinstance(item, bytes) or item]
