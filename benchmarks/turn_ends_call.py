"""A call in which a caller says phrases, with pauses and without, and what each detector makes of them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from processors import smart_turn as model
from processors.frames import RATE
from processors.g711 import SILENCE
from processors.patience import Patience
from processors.recent_audio import last_audible
from processors.sentence_splitter import SentenceSplitter
from processors.turn_end import SmartTurn, TurnEnd, endpointing, flux, smart_turn
from processors.vad import VAD
from trunkline.call import Call
from trunkline.events import CallerSaid, Event
from trunkline.line import Line, Stages
from trunkline.loader import Loaded
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.ears import BLOCK, Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import MediaReceived
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import World
from trunkline.server.service import Service

NUMBER = "+15550100"
GREETING = "Hello."
REPLY = "Yes."
TOKEN_MS, AUDIO_MS = 300, 100
SETTLED = 7.0
"""Seconds after a phrase by which its turn is over, its reply is heard, and the line is quiet."""

TAIL = RATE // 10
"""Samples at the end of each recording that hold no voice."""

PAUSES = (0.4, 0.8, 1.2)
"""Seconds that callers pause in the middle of what they say."""

SPELLED = {
    "my number is five five five zero one four nine": (6,),
    "The card ends in four one one, two seven three, nine five.": (7, 10),
}
"""Numbers, and the words behind which people pause in them."""


class Impatient(Patience):
    """Leaves it all to the detector."""

    def silence(self, text: str) -> float:
        return 0.0

    def is_complete(self, text: str) -> bool:
        return False


@dataclass(frozen=True)
class Subject:
    """A detector, and whether unfinished words get patience."""

    turn_end: TurnEnd
    patient: bool = True


SUBJECTS: dict[str, Subject] = {
    "endpointing alone": Subject(endpointing(), patient=False),
    "endpointing": Subject(endpointing()),
    "endpointing eager": Subject(endpointing(eager=True)),
    "flux": Subject(flux()),
    "flux eager": Subject(flux(eager_eot_threshold=0.5)),
    "smart_turn": Subject(smart_turn()),
}


@dataclass(frozen=True)
class Phrase:
    """Something a caller says."""

    kind: str
    mulaw: bytes


@dataclass
class Found:
    """What came of the phrases of one kind. Milliseconds."""

    said: int = 0
    cut: int = 0
    end: list[float] = field(default_factory=list)
    reply: list[float] = field(default_factory=list)

    def row(self) -> dict[str, float]:
        figures: dict[str, float] = {"phrases": self.said, "cut": self.cut}
        for name, values in (("end", self.end), ("reply", self.reply)):
            if len(values) > 1:
                cuts = quantiles(values, n=20, method="inclusive")
                figures |= {f"{name} p50": round(cuts[9]), f"{name} p95": round(cuts[18])}
        return figures


def corpus(book: Phrasebook, recorded: Mapping[str, bytes], limit: int | None) -> list[Phrase]:
    """All phrases: plain ones, sentences with a pause, numbers with pauses."""
    texts = [text for text in recorded if len(text.split()) > 2][:limit]
    plain = [Phrase("plain", recorded[text]) for text in texts]
    sentences = [text for text in texts if len(text.split()) >= 5 and text not in SPELLED]
    paused = [
        Phrase("paused", with_pauses(book, text, recorded[text], (len(text.split()) // 2,), pause))
        for text in sentences
        for pause in PAUSES
    ]
    numbers = [
        Phrase("number", with_pauses(book, text, recorded[text], places, pause))
        for text, places in SPELLED.items()
        if text in recorded
        for pause in PAUSES
    ]
    return plain + paused + numbers


def with_pauses(book: Phrasebook, text: str, mulaw: bytes, words: Sequence[int], pause: float) -> bytes:
    """A recording with silence behind some of its words."""
    silence = SILENCE * (round(pause * RATE) // BLOCK * BLOCK)
    pieces, start = [], 0
    for count in words:
        end = (book.words[text][count - 1].last + 1) * BLOCK
        pieces.append(mulaw[start:end])
        start = end
    return silence.join([*pieces, mulaw[start:]])


def line(subject: Subject, judging: float) -> Line:
    """The line of one detector."""
    made = Line(name="turns", number=NUMBER, greeting=GREETING, prompt="Be brief.", turn_end=subject.turn_end)
    options: dict[str, Any] = {"judge": charged(judging)} if isinstance(subject.turn_end, SmartTurn) else {}

    @made.answer
    def compose(call: Call) -> Stages:
        if not subject.patient:
            call.patience = Impatient()
        context = call.context()
        return [
            *(call.input(), VAD(), call.deepgram_stt(**options), context.user(), call.openai()),
            *(SentenceSplitter(), call.aura_tts(), call.output(), context.assistant()),
        ]

    return made


def charged(milliseconds: float) -> object:
    """The real model, inline, for so much of the clock's time."""

    async def judge(mulaw: bytes) -> float:
        likely = model.probability(mulaw)
        await asyncio.sleep(milliseconds / 1000)
        return likely

    return judge


class Caller:
    """One call, phrase after phrase."""

    def __init__(self, phone: Phone, ends: list[float]) -> None:
        self._phone = phone
        self._ends = ends
        self.found: dict[str, Found] = {}

    async def say(self, phrase: Phrase) -> None:
        since = len(self._phone.log)
        self._ends.clear()
        await self._phone.say(phrase.mulaw)
        audible = last_audible(phrase.mulaw, TAIL) or len(phrase.mulaw)
        padded = -len(phrase.mulaw) % BLOCK
        over = asyncio.get_running_loop().time() - (len(phrase.mulaw) + padded - audible) / RATE
        await asyncio.sleep(SETTLED)
        self._count(self.found.setdefault(phrase.kind, Found()), over, since)

    def _count(self, found: Found, over: float, since: int) -> None:
        found.said += 1
        if self._ends[0] < over:
            found.cut += 1
            return
        found.end.append(1000 * (self._ends[0] - over))
        replies = (r.at for r in [*self._phone.log][since:] if isinstance(r, MediaReceived) and r.at > over)
        found.reply.append(1000 * (next(replies) - over))


async def measure(subject: Subject, limit: int | None, judging: float) -> dict[str, dict[str, float]]:
    """What one detector makes of all phrases, by their kind."""
    recorded = phrases()
    book = Phrasebook(recorded)
    world = World(
        lambda _: PhraseEars(book),
        ScriptedVoice(),
        ScriptedBrain((Rule(".", REPLY),)),
        deepgram={"speak": {"pace": Pace(first_audio_ms=AUDIO_MS)}},
        openai={"first_token_ms": TOKEN_MS},
    )
    ends: list[float] = []

    def told(event: Event) -> None:
        if isinstance(event, CallerSaid):
            ends.append(event.at)

    with TemporaryDirectory() as folder:
        settings = world.settings
        async with world:
            made = Loaded(Path("turns.py"), line(subject, judging))
            options = settings(Path(folder) / "calls.db", TRUNKLINE_MAX_CALLS=10)
            async with Service(options, [made]) as service:
                await service.vendors.prompts.ready()
                service.watchers.tap(told)
                phone = await world.carrier.call(f"{service.url}/twilio/voice", to=NUMBER)
                await asyncio.sleep(3)
                call = Caller(phone, ends)
                for phrase in corpus(book, recorded, limit):
                    await call.say(phrase)
                await phone.hang_up()
                await phone.ended()
    return {kind: found.row() for kind, found in call.found.items()}
