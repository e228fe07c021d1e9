"""The frames that Trunkline adds to pipecat's."""

from dataclasses import dataclass

from pipecat.frames.frames import (
    AudioRawFrame,
    ControlFrame,
    Frame,
    InputAudioRawFrame,
    SystemFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
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
class PlayOnFrame(SystemFrame):
    """The caller's sound was no barge-in: what was ducked or held back is played on."""
