"""The line that is measured: the stages of a front desk, in the order in which frames travel."""

from pipecat.processors.frame_processor import FrameProcessor

from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline import Call, Line, vad

line = Line(
    name="bench",
    number="+15550100",
    greeting="Hello, this is the bench.",
    prompt="Answer.",
    barge_in=vad,
    late=None,
)
"""Its barge-in is measured to the carrier's ``clear``, which no words have to confirm; its replies are
measured to their own first sound, which no bridge is."""


@line.answer
def compose(call: Call) -> list[FrameProcessor]:
    """The conversation of one caller."""
    context = call.context()
    return [
        call.input(),
        VAD(),
        call.deepgram_stt(),
        context.user(),
        call.openai(model="gpt-4o-mini"),
        SentenceSplitter(),
        call.aura_tts(voice="aura-2-thalia-en"),
        call.output(),
        context.assistant(),
    ]
