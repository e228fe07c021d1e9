"""A town for tests of whole calls: the world's vendors, a server with lines, and people who call."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pipecat.processors.frame_processor import FrameProcessor

from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline.call import Call
from trunkline.line import Line, Tool
from trunkline.loader import Loaded
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.ears import PhraseEars, Phrasebook
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived, StreamStarted
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import World
from trunkline.server.service import Service

NUMBER = "+15550100"
GREETING = "Harbour Dental, good morning."
VOICE = ScriptedVoice()
BOOK = Phrasebook(phrases())
LONG = (
    "We are open from Monday to Thursday from eight to six, and on Friday from eight to two, "
    "and we are closed on weekends and on holidays, but somebody is always on call."
)
RULES = (
    Rule("opening hours", LONG),
    Rule("check-up|check up", "A check-up costs eighty five dollars."),
    Rule("stop", "All right, I stop."),
    Rule("goodbye", None, ("end_call", {})),
)


async def end_call(call: Call) -> str:
    """End the call."""
    await call.hang_up("Goodbye!")
    return "done"


def make_line(number: str = NUMBER, *, name: str = "desk", tools: Sequence[Tool] = (end_call,), **values: Any) -> Line:
    """A line with every stage of the picture."""
    line = Line(**{"name": name, "number": number, "greeting": GREETING, "prompt": "Be kind.", "tools": tools, **values})

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

    return line


class Town:
    """Made by :func:`town`."""

    def __init__(self, world: World, service: Service) -> None:
        self.world = world
        self.service = service

    async def call(self, to: str = NUMBER, **options: Any) -> Phone:
        """Somebody calls; the stream has started when this returns."""
        phone = await self.ring(to, **options)
        await phone.until(StreamStarted)
        return phone

    async def ring(self, to: str = NUMBER, **options: Any) -> Phone:
        """Somebody calls."""
        url = f"{self.service.url}/twilio"
        return await self.world.carrier.call(
            f"{url}/voice", to=to, status_callback=f"{url}/status", **options
        )

    def messages(self, request: int = -1) -> list[dict[str, Any]]:
        """What the model was asked, without the prompt."""
        return [dict(m) for m in self.world.openai.requests[request].messages if m["role"] != "system"]


@asynccontextmanager
async def town(
    folder: Path,
    *lines: Line,
    rules: Sequence[Rule] = RULES,
    final_ms: int = 100,
    settings: Mapping[str, Any] | None = None,
    **world: Any,
) -> AsyncIterator[Town]:
    """A world and a server in it; both are gone afterwards, or the test fails."""
    made = lines or (make_line(),)
    async with World(lambda _: PhraseEars(BOOK, final_ms), VOICE, ScriptedBrain(rules), **world) as outside:
        options = outside.settings(folder / "calls.db", **(settings or {}))
        async with Service(options, [Loaded(Path("desk.py"), line) for line in made]) as service:
            await service.vendors.prompts.ready()
            yield Town(outside, service)


def said(text: str) -> bytes:
    """The recording of a phrase."""
    return phrases()[text]


def heard(phone: Phone) -> str:
    """All that the caller has heard of the agent, letter by letter."""
    return VOICE.read(phone.heard)


async def hears(phone: Phone, text: str, timeout: float = 30.0) -> None:
    """Wait until the caller has heard a text."""
    async with asyncio.timeout(timeout):
        while text not in heard(phone):
            await asyncio.sleep(0.02)


def stream_log(phone: Phone) -> list[str]:
    """Media and clear messages in the order in which they came."""
    kinds = {MediaReceived: "media", ClearReceived: "clear"}
    return [kinds[type(record)] for record in phone.log if type(record) in kinds]
