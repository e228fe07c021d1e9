"""A caller who speaks known phrases, a Deepgram that knows them, and a stage between the two."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from pipecat.frames.frames import (
    ErrorFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors import g711
from processors.deepgram import Deepgram
from processors.frames import RATE, CallerAudioFrame
from tests.support import Bench, Wait
from trunkline.sandbox.ears import Phrasebook, PhraseEars
from trunkline.sandbox.hearing import HearingEmulator
from trunkline.sandbox.phrases import load

PHRASES = load()
BOOK = Phrasebook(PHRASES)

NAME = "My name is Anna Baker."
LONG = next(text for text in PHRASES if text.startswith("I have been trying"))
YES = "yes please"

VAD_MS = 200
"""What the VAD takes to be sure, of speech and of its end."""

STEP_MS = 100
"""Audio in one frame; a fifth of the frames of a real line, for speed."""


def ears(_: Mapping[str, str]) -> PhraseEars:
    return PhraseEars(BOOK)


@asynccontextmanager
async def listening(emulator: HearingEmulator[Any]) -> AsyncIterator[str]:
    """Serve the emulator alone; yields its base URL."""
    app = web.Application()
    app.add_routes(emulator.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await emulator.drop(1001)
        await runner.cleanup()


@asynccontextmanager
async def deepgram(emulator: HearingEmulator[Any], key: str = "secret") -> AsyncIterator[Deepgram]:
    """A client of the emulator."""
    async with listening(emulator) as url:
        client = Deepgram(key, url)
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def nobody_answers() -> AsyncIterator[Deepgram]:
    """A client of a server that takes connections and says nothing to them."""

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    client = Deepgram("secret", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield client
    finally:
        await client.close()
        server.close()
        await server.wait_closed()


class Phone:
    """The line and its VAD: audio in real time, and what the VAD makes of it."""

    def __init__(self, bench: Bench, *, vad: bool = True, step_ms: int = STEP_MS) -> None:
        self._bench = bench
        self._vad = vad
        self._step = step_ms
        self._voiced = self._silent = 0
        self._speaking = False

    async def say(self, text: str) -> None:
        await self.play(PHRASES[text], speech=True)

    async def pause(self, ms: int) -> None:
        await self.play(g711.SILENCE * ms * g711.BYTES_PER_MS, speech=False)

    async def play(self, mulaw: bytes, *, speech: bool) -> None:
        size = self._step * g711.BYTES_PER_MS
        for at in range(0, len(mulaw), size):
            piece = mulaw[at : at + size]
            # The bench waits a millisecond behind each item that it sends.
            await self._bench.send(frame(piece), Wait(len(piece) / RATE - 0.002))
            await self._listen(speech, len(piece) // g711.BYTES_PER_MS)

    async def _listen(self, speech: bool, ms: int) -> None:
        self._voiced = self._voiced + ms if speech else 0
        self._silent = 0 if speech else self._silent + ms
        if self._vad and not self._speaking and self._voiced >= VAD_MS:
            self._speaking = True
            await self._bench.send(VADUserStartedSpeakingFrame(start_secs=VAD_MS / 1000))
        elif self._vad and self._speaking and self._silent >= VAD_MS:
            self._speaking = False
            await self._bench.send(VADUserStoppedSpeakingFrame(stop_secs=VAD_MS / 1000))


def frame(mulaw: bytes) -> CallerAudioFrame:
    return CallerAudioFrame(mulaw)


def said(bench: Bench) -> list[str]:
    """The final transcripts so far."""
    return [frame.text for frame in bench.heard.of(TranscriptionFrame)]


def words(bench: Bench) -> str:
    return " ".join(said(bench))


def turns(bench: Bench) -> int:
    """How often the end of a turn was proposed."""
    return len(bench.heard.of(ProposedUserStoppedSpeakingFrame))


def errors(bench: Bench) -> list[ErrorFrame]:
    return bench.heard.up_of(ErrorFrame)


def now() -> float:
    return asyncio.get_running_loop().time()
