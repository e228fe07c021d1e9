"""All dialogues of one subject: a world with fixed delays, its process in there, some calls at once."""

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from benchmarks.belief import errors
from benchmarks.dialogue.material import book
from benchmarks.dialogue.moves import Dialogue
from benchmarks.dialogue.replies import Replies
from benchmarks.dialogue.scenes import SHORT
from benchmarks.dialogue.voice import NumberedVoice
from benchmarks.load.vendors import FINAL_MS, FIRST_AUDIO_MS, FIRST_TOKEN_MS, PLENTY, TOKEN_MS
from benchmarks.machine import cores, pinned
from benchmarks.probe import Lateness
from benchmarks.stage import Stage, Take
from benchmarks.subject import KINDS, Subject
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.world import KEY, World

NUMBER = "+15550100"
"""Who is called, if it does not matter."""

APART = 0.73
"""Seconds from one call's start to the next one's: callers do not talk in step."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is called, by whom."""

    name: str
    """What its figures are called."""
    dialogues: Sequence[Dialogue]
    at_once: int
    """Calls at a time."""
    number: str = NUMBER


class Theatre:
    """A world in which every word can be told apart."""

    def __init__(self) -> None:
        self.voice, self.replies = NumberedVoice(), Replies(SHORT)
        self.world = World(
            lambda _: PhraseEars(book(), FINAL_MS),
            self.voice,
            self.replies,
            openai={"first_token_ms": FIRST_TOKEN_MS, "token_ms": TOKEN_MS},
            deepgram={
                "listen": {"keep_audio": False, "limit": PLENTY},
                # Deepgram may speak a sentence before its Flush; stock pipecat flushes after the last one.
                "speak": {
                    "pace": Pace(first_audio_ms=FIRST_AUDIO_MS, needs_flush=False),
                    "max_sockets": PLENTY,
                    "max_characters": 100 * PLENTY,
                },
            },
        )

    @property
    def environment(self) -> dict[str, str]:
        """What a subject finds in its environment."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_BASE_URL": self.world.carrier.base_url,
            "DEEPGRAM_API_KEY": KEY,
            "DEEPGRAM_BASE_URL": self.world.deepgram.base_url,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": self.world.openai.base_url,
        }

    def errors(self, take: Take) -> list[int]:
        """Words by which the agent was wrong about what was heard of it, an interruption each."""
        return errors(take, self.voice, self.replies.asked)


@dataclass(frozen=True, slots=True)
class Performance:
    """What became of a cast."""

    name: str
    takes: Sequence[Take]
    words_off: Sequence[int]
    complaints: Sequence[str]
    """What the subject logged."""
    lag_p99_ms: float
    """How late the world's own loop ran: what it measures is not better than this."""


async def perform(
    kind: str, casts: Sequence[Cast], say: Callable[[str], None], arguments: Sequence[str] = ()
) -> list[Performance]:
    """Play all casts with one subject, one after the other.

    Raises:
        SubjectMissing: it is not installed.
        SubjectFailed: it does not get ready.
    """
    theatre = Theatre()
    subject_core, own_core = cores()
    performances = []
    with pinned(own_core):
        async with (
            theatre.world,
            Subject(KINDS[kind], theatre.environment, subject_core, arguments) as subject,
        ):
            for cast in casts:
                say(f"{cast.name}: {len(cast.dialogues)} calls, {cast.at_once} at a time")
                with _undisturbed():
                    lateness = Lateness()
                    takes = await _play(theatre, subject.voice_url, cast)
                    lateness.end()
                off = [error for take in takes for error in theatre.errors(take)]
                lag = lateness.take()["p99_ms"]
                performances.append(Performance(cast.name, takes, off, tuple(subject.complaints), lag))
    return performances


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No collection of garbage in this process: it would be heard."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _play(theatre: Theatre, url: str, cast: Cast) -> list[Take]:
    waiting = iter(cast.dialogues)
    started = count()
    chairs = (_call_one_by_one(theatre, url, cast.number, waiting, started) for _ in range(cast.at_once))
    played = await asyncio.gather(*chairs)
    return [take for takes in played for take in takes]


async def _call_one_by_one(
    theatre: Theatre, url: str, number: str, waiting: Iterator[Dialogue], started: "count[int]"
) -> list[Take]:
    takes = []
    await asyncio.sleep(next(started) * APART)
    for dialogue in waiting:
        phone = await theatre.world.carrier.call(url, to=number)
        takes.append(await Stage(phone, dialogue).play())
    return takes
