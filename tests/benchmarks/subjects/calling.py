"""A subject as a child process, the world that it is in, and what one caller says to it and hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.load.speech import onset
from benchmarks.machine import cores
from benchmarks.subject import KINDS, Subject, SubjectMissing
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived, StreamStarted, Warned
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import KEY, World

NUMBER = "+15550100"
GREETING = "Hello, this is the bench."
QUESTION = "what time do you close today"
LONG = "Listen. " + "We are open from eight to six on every day of the week but Sunday " * 3 + "."
RULES = (Rule("close today", LONG), Rule(".", "All right. Bye."))
VOICE = ScriptedVoice()
BOOK = Phrasebook(load())


def world() -> World:
    return World(
        lambda _: PhraseEars(BOOK, 100),
        VOICE,
        ScriptedBrain(RULES),
        openai={"first_token_ms": 120, "token_ms": 5},
        deepgram={"speak": {"pace": Pace(first_audio_ms=80)}},
    )


@asynccontextmanager
async def subject(name: str, world: World) -> AsyncIterator[Subject]:
    """A subject that takes calls. Skips the test where its packages are missing, and says what to install."""
    environment = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_BASE_URL": world.carrier.base_url,
        "DEEPGRAM_API_KEY": KEY,
        "DEEPGRAM_BASE_URL": world.deepgram.base_url,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": world.openai.base_url,
    }
    try:
        async with Subject(KINDS[name], environment, cores()[0]) as ready:
            yield ready
    except SubjectMissing as missing:
        pytest.skip(str(missing))


class Caller:
    """Calls, and looks at what comes back."""

    def __init__(self, world: World, phone: Phone) -> None:
        self.phone = phone
        self.world = world

    @classmethod
    async def call(cls, world: World, subject: Subject) -> "Caller":
        phone = await world.carrier.call(subject.voice_url, to=NUMBER)
        await phone.until(StreamStarted, timeout=20)
        return cls(world, phone)

    async def hears(self, text: str, seconds: float = 10) -> None:
        """Until a text has been played to the end."""
        try:
            async with asyncio.timeout(seconds):
                while text not in self.heard:  # noqa: ASYNC110 - sound just grows
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"not {text!r} but {self.heard!r} was heard; the log:\n{self.phone.log!r}")

    @property
    def heard(self) -> str:
        return VOICE.read(self.phone.heard)

    async def ask(self, phrase: str) -> float:
        """Say it; how many milliseconds after its last sound the reply began."""
        since = len(self.phone.log)
        speech = load()[phrase]
        saying, asked = self.phone.say(speech), asyncio.get_running_loop().time()
        reply = await self.phone.until(MediaReceived, since=since, timeout=15)
        await saying
        return 1000 * (reply.at - asked - len(speech) / 8000)

    async def interrupt(self, phrase: str) -> float:
        """Say it into a reply; how many milliseconds after its first sound the carrier was silenced."""
        speech, since = load()[phrase], len(self.phone.log)
        spoke = asyncio.get_running_loop().time() + onset(speech)
        saying = self.phone.say(speech)
        clear = await self.phone.until(ClearReceived, since=since, timeout=10)
        assert clear.dropped > 0
        await saying
        return 1000 * (clear.at - spoke)

    async def leave(self) -> None:
        await self.phone.hang_up()
        await self.phone.ended(timeout=10)

    @property
    def complaints(self) -> list[Warned]:
        """What the carrier had to complain of."""
        return self.phone.log.of(Warned)
