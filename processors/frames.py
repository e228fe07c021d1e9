"""The frames that Trunkline adds to pipecat's."""

from dataclasses import dataclass

from pipecat.frames.frames import (
    ControlFrame,
    InputAudioRawFrame,
    SystemFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
)

RATE = 8000
"""Hertz. The sample rate of a phone line, end to end."""


@dataclass
class CallerAudioFrame(InputAudioRawFrame):
    """What the caller said: the carrier's mu-law bytes beside the PCM they decode to.

    ``audio`` is 16-bit little-endian PCM, 8 kHz, mono; ``mulaw`` is one byte a sample.
    """

    mulaw: bytes = b""


@dataclass
class SpeechFrame(TTSAudioRawFrame):
    """What the agent says: the vendor's mu-law bytes beside the PCM they decode to.

    ``audio`` is 16-bit little-endian PCM, 8 kHz, mono; ``mulaw`` is one byte a sample, played as it is.
    """

    mulaw: bytes = b""


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
