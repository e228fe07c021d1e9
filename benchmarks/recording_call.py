"""A recorded call in which packets are lost and late, and the caller speaks into every other reply."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline.call import Call
from trunkline.line import Line, Stages
from trunkline.loader import Loaded
from trunkline.recording import wav
from trunkline.recording.options import Recording
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.world import World
from trunkline.server.service import Service

NUMBER = "+15550100"

JITTER_MS, LOSS = 80, 0.05

REPLIES = tuple(f"This is the answer of the number {number}." for number in range(7))

QUESTION, INTERRUPTION = "what time do you close today", "Wait, that's not what I asked."


class PhraseVoice:
    """Says anything with recordings of people: which ones depends on the text."""

    def __init__(self) -> None:
        self._recorded = [mulaw for text, mulaw in phrases().items() if len(text.split()) > 4]

    async def speak(self, text: str, model: str) -> AsyncIterator[bytes]:
        chosen = hashlib.sha256(text.encode()).digest()
        for number in chosen[:3]:
            yield self._recorded[number % len(self._recorded)]


@dataclass(frozen=True, slots=True)
class Taken:
    """A call, as it was recorded and as the carrier knows it; mu-law."""

    caller: bytes = field(repr=False)
    agent: bytes = field(repr=False)
    said: bytes = field(repr=False)
    heard: bytes = field(repr=False)


def line() -> Line:
    made = Line(
        name="recorded",
        number=NUMBER,
        greeting="Hello, this is the desk.",
        prompt="Be kind.",
        recording=Recording(announce=""),
        warn_seconds=None,
    )

    @made.answer
    def compose(call: Call) -> Stages:
        context = call.context()
        return [
            *(call.input(), VAD(), call.deepgram_stt(), context.user(), call.openai()),
            *(SentenceSplitter(), call.aura_tts(), call.output(), context.assistant()),
        ]

    return made


async def take(seconds: float) -> Taken:
    """Record a call of such a length."""
    recorded = phrases()
    book = Phrasebook(recorded)
    brain = ScriptedBrain((Rule("asked", REPLIES[1]), Rule(".", " ".join(REPLIES))))
    world = World(lambda _: PhraseEars(book), PhraseVoice(), brain)
    with TemporaryDirectory() as folder:
        async with world:
            options = world.settings(
                Path(folder) / "calls.db", TRUNKLINE_MAX_CALLS=10, TRUNKLINE_RECORDINGS=Path(folder)
            )
            async with Service(options, [Loaded(Path("recorded.py"), line())]) as service:
                await service.vendors.prompts.ready()
                phone = await world.carrier.call(f"{service.url}/twilio/voice", to=NUMBER)
                with phone.jitter(ms=JITTER_MS), phone.dropping(LOSS):
                    await converse(phone, seconds)
                await phone.hang_up()
                await phone.ended()
            both = (Path(folder) / _only(folder)).read_bytes()[wav.SIZE :]
    return Taken(both[0::2], both[1::2], phone.said, phone.heard)


async def converse(phone: Phone, seconds: float) -> None:
    """Ask, hear the reply or speak into it, and so on."""
    loop, recorded = asyncio.get_running_loop(), phrases()
    ends = loop.time() + seconds
    await asyncio.sleep(4)
    pauses = (6.3, 17.0, 9.1)
    turn = 0
    while loop.time() < ends:
        await phone.say(recorded[QUESTION])
        await asyncio.sleep(pauses[turn % len(pauses)])
        if turn % 2:
            await phone.say(recorded[INTERRUPTION])
            await asyncio.sleep(5)
        turn += 1


def _only(folder: str) -> Path:
    (path,) = Path(folder).rglob("*.wav")
    return path
