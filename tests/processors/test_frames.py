"""Our frames travel as pipecat's do, and words that were heard arrive ahead of the interruption."""

from pipecat.frames.frames import InterruptionFrame, LLMFullResponseStartFrame, SystemFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.utils.text.base_text_aggregator import TextType

from processors import g711
from processors.frames import RATE, CallerAudioFrame, HangUpFrame, HeardTextFrame, SpeechFrame
from tests.support import Bench


def test_sound_is_there_in_both_forms() -> None:
    mulaw = bytes(range(160))
    for kind in (CallerAudioFrame, SpeechFrame):
        frame = kind(audio=g711.decode(mulaw), sample_rate=RATE, num_channels=1, mulaw=mulaw)
        assert frame.num_frames == 160
        assert g711.decode(frame.mulaw) == frame.audio


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
