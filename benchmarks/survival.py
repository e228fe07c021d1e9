"""Calls that are to survive: a world around real servers, and callers who notice what they miss."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

from processors.frames import RATE
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load as phrases
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import StreamStarted, StreamStopped
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import KEY, World

QUESTION = "And how much is a check-up?"
ANSWER = "It is eighty five dollars."
RULES = (Rule("check-up|check up", ANSWER),)
VOICE = ScriptedVoice()

FINAL_MS = 100
"""Milliseconds of silence after which the emulated recogniser calls its words final."""

PATIENCE = 10.0
"""Seconds from the end of a question to the end of its answer; then it is asked once more."""

LOOK = 0.1
"""Seconds between two looks at what was heard."""

AUDIBLE = 40
"""Bytes in a row that are not silence: 5 ms of sound."""


@asynccontextmanager
async def street(leads: Mapping[str, str]) -> AsyncIterator[World]:
    """The vendors; ``leads`` says where public addresses lead, and may change."""
    book = Phrasebook(phrases())
    carrier = {"origins": leads} if leads else {}
    async with World(
        lambda _: PhraseEars(book, FINAL_MS), VOICE, ScriptedBrain(RULES), carrier=carrier
    ) as world:
        yield world


def env(world: World, folder: Path, **more: str) -> dict[str, str]:
    """The environment of a server in that world, which keeps its calls in that folder."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_BASE_URL": world.carrier.base_url,
        "DEEPGRAM_API_KEY": KEY,
        "DEEPGRAM_BASE_URL": world.deepgram.base_url,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": world.openai.base_url,
        "TRUNKLINE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/calls.db",
        "TRUNKLINE_MAX_CALLS": "100",
        **more,
    }


def kept(folder: Path) -> list[dict[str, Any]]:
    """The records of calls in that folder."""
    with closing(sqlite3.connect(folder / "calls.db")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM calls ORDER BY started_at")]


class Caller:
    """Asks the same question again and again, and counts."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.asked = 0
        self.answers = 0
        self.repeated = 0
        """Questions that had to be asked once more."""
        self.unanswered = 0
        self.was_dropped = False
        self._answered = asyncio.Condition()

    @property
    def streams(self) -> int:
        return len(self.phone.log.of(StreamStarted))

    async def hears(self, text: str, since: int = 0, timeout: float = PATIENCE) -> None:
        """Wait until a text was heard, in what came after that sample.

        Raises:
            TimeoutError: it was not.
        """
        async with asyncio.timeout(timeout):
            while text not in VOICE.read(self.phone.heard_since(since)):  # noqa: ASYNC110
                await asyncio.sleep(LOOK)

    def text(self) -> str:
        """All that was heard of the agent."""
        return VOICE.read(self.phone.heard)

    async def ask(self) -> None:
        """Until cancelled."""
        while True:
            self.asked += 1
            if not (await self._try() or await self._try_again()):
                self.unanswered += 1
            await asyncio.sleep(LOOK)

    async def answered(self) -> None:
        """Wait for the next answer, or the end of the call."""
        async with self._answered:
            before = self.answers
            with suppress(TimeoutError):
                async with asyncio.timeout(3 * PATIENCE):
                    await self._answered.wait_for(lambda: self.answers > before or self._is_over)

    def count(self) -> None:
        """The caller has done, and is about to hang up: was the line dead by then?"""
        self.was_dropped = self._is_over

    def silences(self) -> Iterator[float]:
        """Seconds from the end of each stream to the agent's next sound."""
        for stop in self.phone.log.of(StreamStopped):
            if stop.by != "carrier":
                since = round((stop.at - self.phone.answered_at) * RATE)
                yield _until_new_sound(self.phone.heard_since(since)) / RATE

    @property
    def silence(self) -> float:
        """The longest of them, in seconds."""
        return max(self.silences(), default=0.0)

    @property
    def _is_over(self) -> bool:
        return self.phone.is_over.is_set()

    async def _try_again(self) -> bool:
        self.repeated += 1
        return await self._try()

    async def _try(self) -> bool:
        since = len(self.phone.heard)
        await self.phone.say(phrases()[QUESTION])
        try:
            await self.hears(ANSWER, since)
        except TimeoutError:
            return False
        async with self._answered:
            self.answers += 1
            self._answered.notify_all()
        return True


def _until_new_sound(mulaw: bytes) -> int:
    """Samples before the first sound behind a silence: what is heard before it was on its way already."""
    hush = mulaw.find(b"\xff" * AUDIBLE)
    return len(mulaw) if hush < 0 else hush + _until_sound(mulaw[hush:])


def _until_sound(mulaw: bytes) -> int:
    """Samples before the first that is heard; all of them if none is."""
    at = 0
    while at < len(mulaw):
        if mulaw[at] == 0xFF:
            at += 1
        elif 0xFF not in mulaw[at : at + AUDIBLE]:
            return at
        else:
            at = mulaw.index(0xFF, at)
    return at
