"""A text's label is found on every frame that makes it heard."""

import pytest
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.speech_frames import announced, committed, spoken, started, stopped
from processors.utterances import Label


@pytest.mark.parametrize("interruptible", [True, False])
def test_frames_may_be_interrupted_if_their_text_may(interruptible: bool) -> None:
    label = Label(interruptible=interruptible)
    frames = (
        started(label),
        announced("Hi.", label),
        spoken(b"\x10", label),
        stopped(label),
        committed(label),
    )
    assert {frame.interruptible for frame in frames} == {interruptible}


@pytest.mark.parametrize("append", [True, False])
def test_frames_say_whether_the_context_takes_their_text(append: bool) -> None:
    label = Label(append_to_context=append)
    assert started(label).append_to_context is append
    assert announced("Hi.", label).append_to_context is append


def test_a_text_is_a_sentence_unless_it_says_otherwise() -> None:
    assert announced("Hi.", Label()).text_type == TextType.SENTENCE
    assert announced("Hi.", Label("notice")).text_type == "notice"


def test_audio_comes_as_mulaw_and_as_pcm() -> None:
    frame = spoken(b"\x10\x20\x30", Label())
    assert (frame.mulaw, frame.audio) == (b"\x10\x20\x30", g711.decode(b"\x10\x20\x30"))
    assert (frame.sample_rate, frame.num_channels, frame.num_frames) == (8000, 1, 3)
