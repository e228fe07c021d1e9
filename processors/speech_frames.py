"""The frames that make a text heard, each labelled as its text was."""

from typing import TypeVar

from pipecat.frames.frames import (
    Frame,
    LLMAssistantPushAggregationFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)

from processors.frames import SpeechFrame
from processors.utterances import Label

F = TypeVar("F", bound=Frame)


def started(label: Label) -> TTSStartedFrame:
    """Speech begins."""
    return _labelled(TTSStartedFrame(append_to_context=label.append_to_context), label)


def announced(text: str, label: Label) -> TTSTextFrame:
    """The audio that follows says ``text``."""
    frame = _labelled(TTSTextFrame(text, label.text_type), label)
    frame.append_to_context = label.append_to_context
    return frame


def spoken(mulaw: bytes, label: Label) -> SpeechFrame:
    """Audio."""
    return _labelled(SpeechFrame(mulaw), label)


def stopped(label: Label) -> TTSStoppedFrame:
    """Speech is over."""
    return _labelled(TTSStoppedFrame(), label)


def committed(label: Label) -> LLMAssistantPushAggregationFrame:
    """What was spoken is the assistant's message, whole as it is."""
    return _labelled(LLMAssistantPushAggregationFrame(), label)


def _labelled(frame: F, label: Label) -> F:
    frame.interruptible = label.interruptible
    return frame
