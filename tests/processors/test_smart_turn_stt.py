"""At a pause the turn's sound is judged, and only that of this turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from pipecat.frames.frames import (
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.deepgram import Deepgram
from processors.frames import CallerAudioFrame, TurnJudgedFrame
from processors.smart_turn_stt import BEFORE, Judge, SmartTurnSTT
from tests.support import Bench, Up, Wait
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.listen import ListenEmulator

STARTED, STOPPED = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame


@asynccontextmanager
async def stage(judge: Judge) -> AsyncIterator[Bench]:
    """The stage on an emulator that knows no phrase."""
    emulator = ListenEmulator(lambda _: PhraseEars({}))
    app = web.Application()
    app.add_routes(emulator.routes())
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    deepgram = Deepgram("k", f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        async with Bench(SmartTurnSTT(deepgram, judge=judge)) as bench:
            yield bench
    finally:
        await deepgram.close()
        await runner.cleanup()


def audio(code: int, seconds: float) -> list[CallerAudioFrame]:
    return [CallerAudioFrame(bytes([code]) * 160) for _ in range(round(seconds * 50))]


async def test_the_turn_so_far_is_judged_at_each_pause_and_nothing_before_it() -> None:
    heard: list[bytes] = []

    async def judge(mulaw: bytes) -> float:
        heard.append(mulaw)
        return 0.8

    async with stage(judge) as bench:
        await bench.send(*audio(1, 2), STARTED(), *audio(2, 1), STOPPED())
        await bench.send(STARTED(), *audio(3, 1), STOPPED())
        assert [len(mulaw) for mulaw in heard] == [BEFORE + 8000, BEFORE + 16_000]
        assert set(heard[0]) == {1, 2}
        out = await bench.send(
            Up(UserStoppedSpeakingFrame()), *audio(4, 1), STARTED(), *audio(5, 1), STOPPED()
        )
        assert set(heard[2]) == {4, 5}
        assert [frame.likely for frame in out.of(TurnJudgedFrame)] == [0.8, 0.8, 0.8]


async def test_at_most_eight_seconds_are_kept() -> None:
    heard: list[bytes] = []

    async def judge(mulaw: bytes) -> float | None:
        heard.append(mulaw)
        return None

    async with stage(judge) as bench:
        out = await bench.send(STARTED(), *audio(2, 12), STOPPED())
        assert len(heard[0]) == 64_000
        assert out.of(TurnJudgedFrame)[0].likely is None


async def test_a_verdict_on_a_caller_who_has_gone_on_is_not_told() -> None:
    async def judge(mulaw: bytes) -> float:
        await asyncio.sleep(0.1)
        return 0.9

    async with stage(judge) as bench:
        out = await bench.send(STARTED(), *audio(2, 1), STOPPED(), Wait(0.05), STARTED(), Wait(0.2))
        assert out.of(TurnJudgedFrame) == []
