"""The last words of a call, in our own voice, or in the carrier's if ours is lost."""

from collections.abc import Iterable
from dataclasses import replace

from pipecat.frames.frames import Frame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.tts_service import TTSService

from processors.frames import HangUpFrame
from processors.speaking_stage import SpeakingStage
from trunkline.life import Outcome

VOICE_LOST = "voice-lost"
"""Reason of the frame that comes out behind the last sound that our voice had made."""

LONGEST = 4000
"""Characters that Twilio says at once (Twilio: TwiML Say, 4096 characters)."""


def is_voice(stage: FrameProcessor) -> bool:
    """Whether without this stage we have no voice."""
    return isinstance(stage, (SpeakingStage, TTSService))


def spoken_last(outcome: Outcome) -> tuple[Frame, ...]:
    """Says the last words, and ends the call when they were heard."""
    return TTSSpeakFrame(outcome.last_words), HangUpFrame()


def with_unsaid(outcome: Outcome, voice: FrameProcessor) -> Outcome:
    """The outcome, whose last words begin with what the voice could not say any more."""
    unsaid = voice.unsaid if isinstance(voice, SpeakingStage) else ""
    room = LONGEST - len(outcome.last_words)
    return replace(outcome, last_words=f"{unsaid[:room]} {outcome.last_words}".strip())


def unsaid_by(stages: Iterable[FrameProcessor]) -> str | None:
    """What the voice among these stages could not say; None if it is one that cannot tell."""
    return next((stage.unsaid for stage in stages if isinstance(stage, SpeakingStage)), None)
