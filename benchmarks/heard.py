"""How many words the agent's memory is off when a caller barges in.

Whole calls on virtual time: the caller hears a reply and speaks at a random moment; what the assistant's
context then says was heard is compared with the words that were really played, of which the sandbox's playout
knows every sample. A word counts as played when more than half of it was.

    spoken    Piper, real speech; its own network tells when each word is spoken
    recorded  recordings of two other voices; the words were found by forced alignment (PocketSphinx)
    scripted  a tone a character: exact, without pauses, and unlike any speech

``before`` is the estimate by the share of characters, with the exact position and all audio known. The error
of either must be at most one word in half of the cuts, and two in 95 of 100.

    python -m benchmarks.heard
    python -m benchmarks.heard --cuts 200 --only spoken --json heard.json
"""

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from loguru import logger

from benchmarks.heard_text import Spoken
from benchmarks.heard_voices import VOICES, KnowingVoice
from processors.barge_in import vad
from processors.g711 import SILENCE
from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline.call import Call
from trunkline.line import Line, Stages
from trunkline.loader import Loaded
from trunkline.sandbox.brain import Rule, ScriptedBrain
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.errors import EnginesMissing
from trunkline.sandbox.phrases import load
from trunkline.sandbox.telephone.call_log import NotSeen
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import ClearReceived, MediaReceived, StreamStarted
from trunkline.sandbox.world import World
from trunkline.server.service import Service
from trunkline.testing.clock import VirtualTimeLoop

MEDIAN, P95 = 1, 2
"""Words that the error may have."""

NUMBER = "+15550100"
QUESTION = "And what does whitening cost?"
INTERRUPTION = "stop"
REACTION = 0.25
"""Seconds that a barge-in takes: a cut later than a reply is none."""


@dataclass
class Errors:
    """Words: what was remembered beyond what was played."""

    now: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    records_differ: int = 0
    """Calls whose stored record says something else than the context."""


def line() -> Line:
    made = Line(name="heard", number=NUMBER, greeting="Hello.", prompt="Be brief.", barge_in=vad)

    @made.answer
    def compose(call: Call) -> Stages:
        context = call.context()
        return [
            *(call.input(), VAD(), call.deepgram_stt(), context.user(), call.openai()),
            *(SentenceSplitter(), call.aura_tts(), call.output(), context.assistant()),
        ]

    return made


class Bench:
    """Calls, one after the other."""

    def __init__(self, world: World, service: Service, brain: ScriptedBrain, voice: KnowingVoice) -> None:
        self.errors = Errors()
        self._world, self._service, self._brain, self._voice = world, service, brain, voice
        self._random = random.Random(20)

    async def cut(self, text: str) -> None:
        """One call in which the caller barges into a text."""
        self._brain.rules = [Rule(rf"^{INTERRUPTION}\W*$", "Yes?"), Rule(".", text)]
        phone = await self._world.carrier.call(f"{self._service.url}/twilio/voice", to=NUMBER)
        await phone.until(StreamStarted)
        await self._quiet(phone)
        self._voice.said.clear()
        since = len(phone.log)
        await phone.say(load()[QUESTION])
        await phone.until(MediaReceived, since=since)
        await asyncio.sleep(self._random.uniform(0.0, max(0.1, len(text) / 14 - REACTION)))
        phone.say(load()[INTERRUPTION])
        try:
            await phone.until(ClearReceived, since=since, timeout=1)
        except NotSeen:
            pass  # the reply was over
        else:
            await asyncio.sleep(0.02)
            await self._compare(phone, since)
        await phone.hang_up()
        await phone.ended()

    async def _quiet(self, phone: Phone) -> None:
        """Until the greeting was heard."""
        while phone.heard[-3200:] != SILENCE * 3200 or not phone.heard.strip(SILENCE):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    async def _compare(self, phone: Phone, since: int) -> None:
        log = list(phone.log)[since:]
        played = sum(record.size for record in log if isinstance(record, MediaReceived))
        played -= sum(record.dropped for record in log if isinstance(record, ClearReceived))
        truth = words_played(self._voice.said, played)
        context = self._service.switchboard.calls[phone.sid].call.llm_context
        messages: list[Any] = list(context.messages)
        asked = max(at for at, message in enumerate(messages) if message["role"] == "user")
        said = " ".join(str(m["content"]) for m in messages[asked:] if m["role"] == "assistant")
        self.errors.now.append(len(said.split()) - truth)
        self.errors.before.append(words_by_characters(self._voice.said, played) - truth)
        await self._service.store.flush()
        row = await self._service.store.call(phone.sid)
        kept = row.turns[-1].agent if row is not None and row.turns else ""
        self.errors.records_differ += kept.split() != said.split()


def words_played(said: Sequence[Spoken], played: int) -> int:
    """Words of which more than half was heard."""
    count = 0
    for spoken in said:
        count += sum(2 * played > start + end for start, end in spoken.words)
        played -= len(spoken.mulaw)
        if played <= 0:
            break
    return count


def words_by_characters(said: Sequence[Spoken], played: int) -> int:
    """Whole words within the share of the characters that the share of the audio is."""
    count = 0
    for spoken in said:
        share = min(1.0, played / max(1, len(spoken.mulaw)))
        reach = int(len(spoken.text) * share)
        whole = share == 1 or spoken.text[reach : reach + 1].isspace()
        count += len((spoken.text[:reach] if whole else spoken.text[:reach].rpartition(" ")[0]).split())
        played -= len(spoken.mulaw)
        if played <= 0:
            break
    return count


async def measure(voice: KnowingVoice, cuts: int) -> Errors:
    """Barge into the voice's texts, in turn."""
    book = Phrasebook(load())
    brain = ScriptedBrain()
    world = World(lambda _: PhraseEars(book, 100), voice, brain)
    with TemporaryDirectory() as folder:
        async with world:
            settings = world.settings(
                Path(folder) / "calls.db", TRUNKLINE_MAX_CALLS=100, TRUNKLINE_WARM_SOCKETS=0
            )
            async with Service(settings, [Loaded(Path("heard.py"), line())]) as service:
                await service.vendors.prompts.ready()
                bench = Bench(world, service, brain, voice)
                for number in range(cuts):
                    await bench.cut(voice.texts[number % len(voice.texts)])
                return bench.errors


def row(errors: Sequence[int]) -> dict[str, float]:
    """Figures of some errors, in words."""
    sizes = [abs(error) for error in errors]
    cuts = quantiles(sizes, n=20, method="inclusive") if len(sizes) > 1 else sizes * 19
    figures = {"mean": fmean(sizes), "p50": cuts[9], "p95": cuts[18], "max": max(sizes)}
    return {name: round(value, 2) for name, value in {**figures, "bias": fmean(errors)}.items()}


def table(results: dict[str, dict[str, dict[str, float]]]) -> str:
    names = ("cuts", "mean", "p50", "p95", "max", "bias")
    lines = [f"{'voice':10}{'estimate':10}" + "".join(f"{name:>7}" for name in names)]
    for voice, rows in results.items():
        for estimate, figures in rows.items():
            cells = "".join(f"{figures[name]:>7}" for name in names)
            lines.append(f"{voice:10}{estimate:10}{cells}")
    return "\n".join(lines)


def holds(figures: dict[str, float]) -> bool:
    """Whether the error is within its bounds, and the record says the same as the context."""
    return figures["p50"] <= MEDIAN and figures["p95"] <= P95 and not figures["records differ"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.heard",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cuts", type=int, default=60, help="barge-ins a voice (default: 60)")
    parser.add_argument("--only", default="", help=f"voices, with commas: {', '.join(VOICES)}")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args(arguments)
    only = [name.strip() for name in given.only.split(",") if name.strip()] or list(VOICES)
    if unknown := set(only) - set(VOICES):
        parser.error(f"no voice {', '.join(sorted(unknown))}; there are {', '.join(VOICES)}")
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name in only:
        try:
            voice = VOICES[name]()
        except EnginesMissing as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
            continue
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            errors = runner.run(measure(voice, given.cuts))
        count = {"cuts": len(errors.now), "records differ": errors.records_differ}
        results[name] = {"before": {**count, **row(errors.before)}, "now": {**count, **row(errors.now)}}
    print(table(results))
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    missed = [name for name, rows in results.items() if not holds(rows["now"])]
    if missed:
        print(f"missed: {', '.join(missed)}; the bound is {MEDIAN} and {P95} words", file=sys.stderr)
    return 1 if missed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
