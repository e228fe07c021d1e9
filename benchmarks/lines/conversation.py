"""The line of the scorecard: a front desk's stages, with the barge-in policy that is measured."""

from pipecat.processors.frame_processor import FrameProcessor

from processors.barge_in import BargeIn, vad, words
from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline import Call, Line

POLICIES = {"words(1)": words(1), "vad": vad}
"""What can be measured, each on a number of its own."""

NUMBERS = {name: f"+155501{at:02}" for at, name in enumerate(POLICIES)}


def line(name: str, policy: BargeIn) -> Line:
    """The line that is interrupted by that policy."""
    made = Line(
        name=f"bench {name}",
        number=NUMBERS[name],
        greeting="Hello, this is the bench.",
        prompt="Answer.",
        barge_in=policy,
    )
    made.answer(compose)
    return made


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
