"""A line for calls that have to survive: few words, no patience with a server that stops."""

from pipecat.processors.frame_processor import FrameProcessor

from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline import Call, Line

line = Line(
    name="survivor",
    number="+15550100",
    greeting="Harbour Dental.",
    prompt="Be brief.",
    drain_seconds=2,
)


@line.answer
def compose(call: Call) -> list[FrameProcessor]:
    context = call.context()
    return [
        call.input(),
        VAD(),
        call.deepgram_stt(),
        context.user(),
        call.openai(),
        SentenceSplitter(),
        call.aura_tts(),
        call.output(),
        context.assistant(),
    ]
