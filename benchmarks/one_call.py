"""One caller in real time: greeting, replies, barge-ins, and five calls that start meanwhile.

The vendors are emulated in the same process with fixed delays (final transcript 100 ms after the last sound,
first token 120 ms, first audio 80 ms); what a reply takes beyond their sum is ours.

    python -m benchmarks.one_call --rounds 20
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import uvloop
from loguru import logger

from benchmarks.load.speech import onset
from benchmarks.subjects.trunkline import LINE
from processors.g711 import SILENCE
from trunkline import loader
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.phrases import load
from trunkline.sandbox.speak import Pace
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived, StreamStarted
from trunkline.sandbox.voice import ScriptedVoice
from trunkline.sandbox.world import World
from trunkline.server.service import Service

FINAL_MS, TOKEN_MS, AUDIO_MS = 100, 120, 80
VENDORS_MS = FINAL_MS + TOKEN_MS + AUDIO_MS
NUMBER = "+15550100"
QUESTION = "Hello, what are your opening hours on Saturday?"
INTERRUPTIONS = [text for text, sound in load().items() if text != QUESTION and len(sound) < 20_000]
LONG = "Let me tell you. " + "We are open from eight to six on every day of the week but Sunday " * 3 + "."
RULES = (Rule("opening hours", LONG), Rule(".", "All right."))


@dataclass
class Figures:
    """Milliseconds."""

    greeting: list[float] = field(default_factory=list)
    reply_beyond_vendors: list[float] = field(default_factory=list)
    barge_in: list[float] = field(default_factory=list)
    longest_gap_while_five_calls_start: list[float] = field(default_factory=list)


class Bench:
    """A world, a server, and the figures of what callers see."""

    def __init__(self, world: World, service: Service) -> None:
        self.figures = Figures()
        self._world = world
        self._url = f"{service.url}/twilio/voice"
        self._loop = asyncio.get_running_loop()

    async def call(self) -> Phone:
        phone = await self._world.carrier.call(self._url, to=NUMBER)
        started = await phone.until(StreamStarted)
        first = await phone.until(MediaReceived)
        self.figures.greeting.append(1000 * (first.at - started.at))
        return phone

    async def round(self, phone: Phone) -> None:
        """A question, its answer, and a barge-in into it."""
        await quiet(phone)
        since = len(phone.log)
        await phone.say(load()[QUESTION])
        asked = self._loop.time()
        reply = await phone.until(MediaReceived, since=since)
        self.figures.reply_beyond_vendors.append(1000 * (reply.at - asked) - VENDORS_MS)
        await asyncio.sleep(1.0 + 0.013 * len(self.figures.barge_in))
        speech = load()[INTERRUPTIONS[len(self.figures.barge_in) % len(INTERRUPTIONS)]]
        since, spoke = len(phone.log), self._loop.time() + onset(speech)
        saying = phone.say(speech)
        clear = await phone.until(ClearReceived, since=since)
        self.figures.barge_in.append(1000 * (clear.at - spoke))
        await saying
        await phone.until(MediaReceived, since=list(phone.log).index(clear))
        await asyncio.sleep(0.1)  # the answer to "stop" is heard now; the next round begins behind it

    async def five_start(self, phone: Phone) -> None:
        """While this caller is spoken to, five others call."""
        await quiet(phone)
        await phone.say(load()[QUESTION])
        await phone.until(MediaReceived, since=len(phone.log))
        begin = len(phone.heard)
        await asyncio.sleep(0.5)
        others = await asyncio.gather(*(self.call() for _ in range(5)))
        await asyncio.sleep(1.5)
        self.figures.longest_gap_while_five_calls_start.append(gap(phone.heard[begin + 800 :]))
        for other in others:
            await other.hang_up()
        for other in others:
            await other.ended()


async def quiet(phone: Phone, seconds: float = 0.4) -> None:
    """Until the agent has been silent for so long."""
    while set(phone.heard[-int(8000 * seconds) :]) != set(SILENCE):  # noqa: ASYNC110 - sound just grows
        await asyncio.sleep(0.02)


def gap(heard: bytes) -> float:
    """Milliseconds of the longest silence inside what was heard; scripted speech has none of its own."""
    longest = run = 0
    for byte in heard:
        run = run + 1 if byte == SILENCE[0] else 0
        longest = max(longest, run)
    return longest / 8


async def measure(rounds: int) -> Figures:
    book = Phrasebook(load())
    world = World(
        lambda _: PhraseEars(book, FINAL_MS),
        ScriptedVoice(),
        ScriptedBrain(RULES),
        openai={"first_token_ms": TOKEN_MS, "token_ms": 5},
        deepgram={"speak": {"pace": Pace(first_audio_ms=AUDIO_MS)}},
    )
    with TemporaryDirectory() as folder:
        async with world:
            # Not measured: the world's own work, in this process, would count as the calls'.
            settings = world.settings(Path(folder) / "calls.db", TRUNKLINE_MAX_CALLS=100)
            async with Service(settings, loader.load_all([LINE])[0]) as service:
                await service.vendors.prompts.ready()
                bench = Bench(world, service)
                for _ in range(max(1, rounds // 10)):
                    phone = await bench.call()
                    for _ in range(10):
                        await bench.round(phone)
                    await bench.five_start(phone)
                    await phone.hang_up()
                    await phone.ended()
                return bench.figures


def summary(values: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(values, n=20) if len(values) > 1 else [values[0]] * 19
    figures = {"p50": median(values), "p95": cuts[18], "max": max(values)}
    return {"n": len(values), **{name: round(value, 1) for name, value in figures.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="questions and barge-ins (default: 20)")
    rounds = parser.parse_args().rounds
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measure(rounds))
    print(json.dumps({name: summary(values) for name, values in vars(figures).items()}, indent=2))


if __name__ == "__main__":
    main()
