"""What tests of text-to-speech share: an emulator being served, and a client that is nothing but protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any

import aiohttp
from aiohttp import web
from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSTextFrame,
)
from pipecat.utils.text.base_text_aggregator import TextType

from processors.aura_tts import AuraTTS
from processors.deepgram import Deepgram
from processors.frames import SpeechFrame
from tests.support import Bench
from trunkline.sandbox.speak import SpeakEmulator
from trunkline.sandbox.voice import ScriptedVoice

MULAW = {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"}
"""The query of a phone line."""

KEY = {"Authorization": "Token some-key"}


@asynccontextmanager
async def serving(emulator: SpeakEmulator) -> AsyncIterator[str]:
    """Serve ``emulator`` on a loopback port; gives its base URL."""
    app = web.Application()
    app.add_routes(emulator.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await emulator.close()
        await runner.cleanup()


class Client:
    """A WebSocket of ``/v1/speak`` without any of our code in it."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.answers: list[dict[str, Any]] = []
        self.audio: list[bytes] = []
        self.arrived: list[float] = []
        """Loop time in seconds of each audio message."""
        self.texts: list[str] = []
        """Text messages that are not JSON."""

    async def send(self, *commands: str | dict[str, Any]) -> None:
        """Send commands; a string is the type of one without fields."""
        for command in commands:
            await self.ws.send_json({"type": command} if isinstance(command, str) else command)

    async def speak(self, text: str) -> None:
        await self.send({"type": "Speak", "text": text}, "Flush")

    async def until(self, answer: str) -> bytes:
        """Wait for an answer of this type; returns the audio that came first."""
        before = len(self.audio)
        while (await self._next()).get("type") != answer:
            pass
        return b"".join(self.audio[before:])

    async def closed(self) -> tuple[int | None, str]:
        """Wait for the server to close; returns the code and the reason."""
        while True:
            message = await self.ws.receive()
            if message.type is aiohttp.WSMsgType.CLOSE:
                return message.data, message.extra or ""
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return self.ws.close_code, ""
            self._keep(message)

    async def hear(self, seconds: float) -> bytes:
        """Listen for a while; returns the audio that came."""
        before = len(self.audio)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._next()
        except TimeoutError:
            return b"".join(self.audio[before:])

    async def _next(self) -> dict[str, Any]:
        message = await self.ws.receive()
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        return self._keep(message)

    def _keep(self, message: aiohttp.WSMessage) -> dict[str, Any]:
        if message.type is aiohttp.WSMsgType.BINARY:
            self.audio.append(message.data)
            self.arrived.append(asyncio.get_running_loop().time())
            return {}
        try:
            self.answers.append(json.loads(message.data))
        except ValueError:
            self.texts.append(message.data)
            return {}
        return self.answers[-1]


@asynccontextmanager
async def connected(emulator: SpeakEmulator, **query: str) -> AsyncIterator[Client]:
    """A client of a served emulator, past the first message."""
    async with (
        serving(emulator) as url,
        aiohttp.ClientSession(headers=KEY) as session,
        session.ws_connect(f"{url}/v1/speak", params=MULAW | query) as ws,
    ):
        client = Client(ws)
        await client.until("Metadata")
        yield client


@asynccontextmanager
async def speaking(
    emulator: SpeakEmulator, *, metrics: bool = False, key: str = "some-key", **options: Any
) -> AsyncIterator[Bench]:
    """The stage, with a served emulator for its vendor."""
    async with serving(emulator) as url:
        deepgram = Deepgram(key, url)
        try:
            async with Bench(AuraTTS(deepgram, **options), metrics=metrics) as bench:
                yield bench
        finally:
            await deepgram.close()


def sentence(text: str) -> AggregatedTextFrame:
    """What the splitter sends."""
    return AggregatedTextFrame(text, TextType.SENTENCE)


def reply(*sentences: str) -> list[Frame]:
    """A whole reply of the model."""
    return [LLMFullResponseStartFrame(), *map(sentence, sentences), LLMFullResponseEndFrame()]


def audible(frames: Sequence[Frame]) -> str:
    """The characters that would be heard."""
    return ScriptedVoice().read(b"".join(frame.mulaw for frame in frames if isinstance(frame, SpeechFrame)))


def outline(frames: Sequence[Frame]) -> list[str]:
    """The frames in order: announced texts as they are, audio by what is heard of it, others by name."""
    lines: list[str] = []
    for is_audio, run in groupby(frames, lambda frame: isinstance(frame, SpeechFrame)):
        if is_audio:
            lines.append(f"~{audible(list(run))}")
        else:
            lines += [_line(frame) for frame in run]
    return lines


def _line(frame: Frame) -> str:
    return frame.text if isinstance(frame, TTSTextFrame) else type(frame).__name__
