"""The line of the matrix: it books appointments, with or without second providers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pipecat.processors.frame_processor import FrameProcessor

from processors.sentence_splitter import SentenceSplitter
from processors.tools import tool
from processors.vad import VAD
from trunkline.call import Call
from trunkline.line import Line

NUMBER = "+15550100"
GREETING = "Harbour Dental."

Second = tuple[str, str]
"""Where second providers answer: Deepgram's base URL, and OpenAI's."""


@dataclass(slots=True)
class Diary:
    """What was booked."""

    booked: list[str] = field(default_factory=list)

    def tool(self) -> Callable[..., object]:
        booked = self.booked

        @tool(side_effects=True)
        async def book(time: str) -> str:
            """Book an appointment.

            Args:
                time: when.
            """
            booked.append(time)
            return f"Booked for {time}."

        return book


def line(diary: Diary, second: Second | None) -> Line:
    """The line.

    Args:
        diary: of the practice.
        second: second providers of all three kinds; None for none.
    """
    made = Line(name="matrix", number=NUMBER, greeting=GREETING, prompt="Be brief.", tools=[diary.tool()])

    @made.answer
    def compose(call: Call) -> list[FrameProcessor]:
        context = call.context()
        ears: FrameProcessor = call.deepgram_stt()
        model: FrameProcessor = call.openai()
        voice: FrameProcessor = call.aura_tts()
        if second is not None:
            deepgram, openai = second
            ears = call.failover(ears, lambda: call.deepgram_stt(base_url=deepgram, api_key="second"))
            model = call.failover(model, lambda: call.openai(base_url=openai, api_key="second"))
            voice = call.failover(voice, lambda: call.aura_tts(base_url=deepgram, api_key="second"))
        return [
            call.input(),
            VAD(),
            ears,
            context.user(),
            model,
            SentenceSplitter(),
            voice,
            call.output(),
            context.assistant(),
        ]

    return made
