"""Calls over a vendor in all kinds of trouble at once: nothing is lost, nothing that was cut is heard."""

import asyncio
from random import Random

import pytest
from pipecat.frames.frames import EndFrame, ErrorFrame, Frame, InterruptionFrame, LLMFullResponseEndFrame

from processors.frames import SpeechFrame
from tests.speaking import audible, reply, speaking
from tests.support import Bench, Wait
from trunkline.sandbox.speak import Pace, SpeakEmulator
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.voice import ScriptedVoice


def trouble(random: Random) -> SpeakFault:
    """What is wrong with one connection."""
    return random.choice(
        [
            SpeakFault(),
            SpeakFault(slow_ms=random.randrange(1000)),
            SpeakFault(close_after_bytes=random.randrange(40_000)),
            SpeakFault(close_after_bytes=random.randrange(40_000), close_code=None),
            SpeakFault(silent_after_bytes=random.randrange(20_000)),
            SpeakFault(mute=True),
            SpeakFault(linger_ms=random.randrange(1500), haunt_ms=random.randrange(1500)),
            SpeakFault(never_cleared=True, linger_ms=300),
            SpeakFault(stall_reading_s=random.uniform(0, 2)),
            SpeakFault(garbage="}{"),
            SpeakFault(refuse=503),
        ]
    )


def sentences(random: Random, turn: int) -> list[str]:
    """Sentences of which no two have a word in common."""
    return [
        " ".join(f"t{turn}s{n}w{word}" for word in range(random.randrange(1, 8))) + "."
        for n in range(random.randrange(1, 4))
    ]


async def answered(bench: Bench, since: int) -> list[Frame]:
    async with asyncio.timeout(60):
        while not any(isinstance(frame, LLMFullResponseEndFrame) for frame in bench.heard.down[since:]):
            await bench.send(Wait(0.25))
    return bench.heard.down[since:]


def check_whole(heard: str, said: list[str]) -> None:
    """Each word is heard, in order, whatever else is heard twice."""
    at = 0
    for word in " ".join(said).split():
        at = heard.index(word, at) + len(word)


@pytest.mark.parametrize("seed", range(12))
async def test_a_call_in_a_storm(seed: int) -> None:
    random = Random(seed)
    faults = [trouble(random) for _ in range(random.randrange(2, 8))]
    pace = Pace(speed=random.choice([1, 5, 50]), needs_flush=random.random() < 0.8)
    async with speaking(SpeakEmulator(ScriptedVoice(), faults=faults, pace=pace)) as bench:
        for turn in range(5):
            since, said = len(bench.heard.down), sentences(random, turn)
            await bench.send(*reply(*said))
            if random.random() < 0.5:
                await bench.send(Wait(random.uniform(0, 1.5)), InterruptionFrame())
                since = len(bench.heard.down)
                await bench.send(Wait(random.choice([0, 0, 0.2, 1])))
                assert not any(isinstance(frame, SpeechFrame) for frame in bench.heard.down[since:])
            else:
                check_whole(audible(await answered(bench, since)), said)
            foreign = [f"t{other}s" for other in range(5) if other != turn]
            assert not any(mark in audible(bench.heard.down[since:]) for mark in foreign)
        out = await bench.send(EndFrame())
        assert not out.up_of(ErrorFrame)
