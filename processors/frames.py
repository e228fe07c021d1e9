"""The frames that Trunkline adds to pipecat's."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pipecat.frames.frames import (
    AudioRawFrame,
    ControlFrame,
    DataFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    SystemFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.utils.utils import obj_id

from processors import g711

RATE = 8000
"""Hertz. The sample rate of a phone line, end to end."""


class _Sound(Frame, AudioRawFrame):
    """A frame of a phone line's sound: mu-law bytes, and the PCM they decode to.

    ``mulaw`` is one byte a sample; ``audio`` is 16-bit little-endian PCM, 8 kHz, mono, decoded when it is
    first asked for. One that a filter puts in its place changes ``mulaw`` as well.

    There are 50 a second and more in each call, so these are no dataclasses, and have a name only when asked.
    """

    def __init__(self, mulaw: bytes) -> None:
        self.id = obj_id()
        self.mulaw = mulaw
        self.sample_rate = RATE
        self.num_channels = 1
        self.pts = None
        self.broadcast_sibling_id = None
        self.metadata = {}
        self.transport_source = self.transport_destination = None
        self._pcm: bytes | None = None

    @property
    def audio(self) -> bytes:
        if self._pcm is None:
            self._pcm = g711.decode(self.mulaw)
        return self._pcm

    @audio.setter
    def audio(self, pcm: bytes) -> None:
        self._pcm, self.mulaw = pcm, g711.encode(pcm)

    @property
    def num_frames(self) -> int:  # type: ignore[override]
        return len(self.mulaw)

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{type(self).__name__}#{self.id}"

    def __str__(self) -> str:
        # pipecat formats it at each hop, for a log that nobody reads: it must not decode anything.
        return f"{self.name}({len(self.mulaw)} samples)"

    __repr__ = __str__


class CallerAudioFrame(_Sound, InputAudioRawFrame):
    """What the caller said, as the carrier sent it."""

    timestamp_ms: int | None = None
    """Of its start, in milliseconds of media since the stream began; None if nobody says."""


class SpeechFrame(_Sound, TTSAudioRawFrame):
    """What the agent says, as the vendor sent it; played as it is."""


@dataclass
class HeardTextFrame(TTSTextFrame, SystemFrame):
    """Words of the agent that the caller has heard, by the playback ledger.

    A system frame, so that words pushed ahead of an interruption also arrive ahead of it: the assistant
    context then commits exactly what was heard.
    """


@dataclass
class HangUpFrame(ControlFrame):
    """Ends the call once everything said before it has been heard; an interruption drops it."""

    reason: str = "completed"


@dataclass
class HeardOutFrame(ControlFrame):
    """Calls ``due`` once everything said before it has been heard; an interruption drops it."""

    due: Callable[[], None]


@dataclass
class TakeBackFrame(DataFrame):
    """The model's reply broke off: its last words, which are held back until their sentence is whole, are
    not to be said.
    """

    text: str


@dataclass
class PlayOnFrame(SystemFrame):
    """The caller's sound was no barge-in: what was ducked or held back is played on."""


@dataclass
class UninterruptibleSpeechFrame(SystemFrame):
    """What the caller hears from now on is to be heard to its end (``playing``), or was."""

    playing: bool


@dataclass
class FarVoiceFrame(SystemFrame):
    """Somebody speaks in the caller's room, far quieter than the caller; said while the agent speaks."""


@dataclass
class KeysSoFarFrame(InterimTranscriptionFrame):
    """Keys that the caller has pressed, as words; more of them may come."""


@dataclass
class KeysFrame(TranscriptionFrame):
    """Keys that the caller has pressed, as words, complete.

    No interruption drops it: the one that its own first key made is often right ahead of it.
    """

    interruptible: bool = field(default=False, init=False)


@dataclass
class TurnJudgedFrame(SystemFrame):
    """At a pause: how likely the caller's turn is over, by its sound (0 to 1); None if nobody can tell."""

    likely: float | None


@dataclass
class FinalWordsFrame(SystemFrame):
    """Travels to the recogniser: all has been said, so what is interim should be final now."""


@dataclass
class CallerStoppedFrame(VADUserStoppedSpeakingFrame):
    """The caller is silent, and since when. Times are seconds on the event loop's clock."""

    ended_at: float = 0.0
    """The last sound that can be heard, on the stream's own clock: as if no packet had come late."""
    arrived_at: float = 0.0
    """That sound was here."""
    noticed_at: float = 0.0
    """The VAD was sure."""


@dataclass
class ReplySentFrame(SystemFrame):
    """The first byte of what the agent says next is on the wire. Seconds on the event loop's clock."""

    voiced_at: float
    """It came from the voice."""
    sent_at: float


@dataclass
class ReplyPlayedFrame(SystemFrame):
    """A mark proves that the caller hears it."""

    played_at: float
    """The first byte was played, the mark's way back included. Seconds on the event loop's clock."""


@dataclass
class LanguageFrame(ControlFrame):
    """From here on the call is in another language; what was said before it stays as it is."""

    code: str
    """Of the language, without a region."""
    interruptible: bool = field(default=False, init=False)
