"""Our frames travel as pipecat's do, and words that were heard arrive ahead of the interruption."""

import pytest
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseStartFrame,
    SystemFrame,
    TTSAudioRawFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.frames import RATE, CallerAudioFrame, HangUpFrame, HeardTextFrame, SpeechFrame
from tests.support import Bench


def test_sound_is_there_in_both_forms() -> None:
    mulaw = bytes(range(160))
    caller = CallerAudioFrame(mulaw)
    agent = SpeechFrame(mulaw)
    for frame in (caller, agent):
        assert frame.mulaw == mulaw
        assert frame.audio == g711.decode(mulaw)
        assert (frame.num_frames, frame.sample_rate, frame.num_channels) == (160, 8000, 1)


@pytest.mark.parametrize(
    ("ours", "pipecat_s"), [(CallerAudioFrame, InputAudioRawFrame), (SpeechFrame, TTSAudioRawFrame)]
)
def test_they_are_all_that_frames_of_pipecat_are(
    ours: type[CallerAudioFrame | SpeechFrame], pipecat_s: type[InputAudioRawFrame | TTSAudioRawFrame]
) -> None:
    """They are built by hand, so a field that pipecat adds must not be forgotten."""
    mulaw = bytes(160)
    frame = ours(mulaw)
    model = pipecat_s(audio=g711.decode(mulaw), sample_rate=RATE, num_channels=1)
    assert isinstance(frame, pipecat_s)
    different = {name for name in vars(model) if getattr(frame, name, None) != getattr(model, name)}
    assert different == {"id", "name"}
    assert frame.interruptible
    assert frame.id != model.id
    assert str(frame).startswith(f"{ours.__name__}#{frame.id}(")
    assert "samples" in repr(frame)


def test_a_filter_may_put_other_sound_in_the_place_of_the_caller_s() -> None:
    frame = CallerAudioFrame(bytes(160))
    frame.audio = bytes(320)
    assert (frame.audio, frame.mulaw) == (bytes(320), g711.SILENCE * 160)


def test_what_was_heard_is_not_overtaken_and_a_hang_up_is_dropped_by_an_interruption() -> None:
    assert isinstance(HeardTextFrame("hi", TextType.SENTENCE), SystemFrame)
    assert HangUpFrame().interruptible


async def test_the_assistant_commits_exactly_what_was_heard_before_the_interruption() -> None:
    context = LLMContext()
    async with Bench(LLMContextAggregatorPair(context).assistant()) as bench:
        await bench.send(LLMFullResponseStartFrame())
        # At once, as the output stage pushes them: no time for the aggregator in between.
        await bench.stage.queue_frame(HeardTextFrame("We are open", TextType.SENTENCE))
        await bench.stage.queue_frame(InterruptionFrame())
        await bench.settle()
    assert context.get_messages() == [{"role": "assistant", "content": "We are open"}]
