"""LiveKit Agents on Twilio's Media Streams: sessions as its documentation composes them, no room, no server.

    .venv-livekit/bin/python -m benchmarks.subjects.livekit --port 0

LiveKit has no transport for Media Streams, so a thin adapter stands where its console stands: an audio input
that is fed from the socket, an audio output that writes to it. All calls share this process. Runs in an
environment of its own (``livekit.txt``) that has neither Trunkline nor pipecat.
"""

import argparse
import asyncio
import json
import logging
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from os import environ
from typing import Any
from xml.sax.saxutils import quoteattr

import aiohttp
import numpy as np
import uvloop
from aiohttp import web
from livekit import local_inference, rtc
from livekit.agents import Agent, AgentSession
from livekit.agents.utils.audio import AudioByteStream
from livekit.agents.voice.io import AudioInput, AudioOutput, AudioOutputCapabilities
from livekit.plugins import deepgram, openai
from openai import AsyncOpenAI

from benchmarks.probe import Probe

GREETING = "Hello, this is the bench."
PROMPT = "Answer."
RATE = 8000
"""Hz of the phone line and of both vendors' sockets: only LiveKit's own models need the sound resampled."""


def _decoding() -> np.ndarray[Any, np.dtype[np.int16]]:
    """Sample of each mu-law byte (ITU-T G.711)."""
    byte = ~np.arange(256) & 0xFF
    size = (((byte & 15) << 3) + 132 << (byte >> 4 & 7)) - 132
    return np.where(byte & 0x80, -size, size).astype(np.int16)


def _encoding() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Mu-law byte of each sample, by the sample's 16 bits without sign."""
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(int)
    size = np.minimum(abs(sample), 32635) + 132
    exponent = np.log2(size).astype(int) - 7
    mantissa = size >> exponent + 3 & 15
    byte: np.ndarray[Any, np.dtype[np.int_]] = np.where(sample < 0, 0x7F, 0xFF) ^ (exponent << 4 | mantissa)
    return byte.astype(np.uint8)


DECODING, ENCODING = _decoding(), _encoding()


@dataclass(frozen=True, slots=True)
class Vendors:
    """What calls share: connections, and nothing that tells one call of another.

    STT, LLM and TTS objects are made for each call, as the documentation makes them: they tell every session
    that holds them of all their errors and metrics.
    """

    http: aiohttp.ClientSession
    model: AsyncOpenAI

    def session(self) -> AgentSession[None]:
        """Voice activity and end of turn are LiveKit's defaults: its own Silero, and its turn detector."""
        base = environ["DEEPGRAM_BASE_URL"]
        return AgentSession(
            stt=deepgram.STT(
                model="nova-3",
                language="en",
                sample_rate=RATE,
                base_url=f"{base}/v1/listen",
                http_session=self.http,
            ),
            llm=openai.LLM(model="gpt-4o-mini", client=self.model),
            tts=deepgram.TTS(
                model="aura-2-thalia-en",
                sample_rate=RATE,
                base_url=f"{base}/v1/speak",
                http_session=self.http,
            ),
            # What has been sent to a phone line can be dropped, but not held: no speech is resumed.
            turn_handling={"interruption": {"resume_false_interruption": False}},
            # A phone line has its own echo canceller; three deaf seconds would only cost barge-ins.
            aec_warmup_duration=None,
        )


class Ear(AudioInput):  # type: ignore[misc]
    """The caller's sound, in frames of 50 ms as a room brings it: frames cost, and the line's have 20 ms."""

    def __init__(self) -> None:
        super().__init__(label="Media Streams")
        self._framing = AudioByteStream(RATE, 1, samples_per_channel=RATE // 20)
        self._frames: asyncio.Queue[rtc.AudioFrame | None] = asyncio.Queue()

    def hear(self, mulaw: bytes) -> None:
        for frame in self._framing.push(DECODING[np.frombuffer(mulaw, np.uint8)].tobytes()):
            self._frames.put_nowait(frame)

    def close(self) -> None:
        self._frames.put_nowait(None)

    async def __anext__(self) -> rtc.AudioFrame:
        frame = await self._frames.get()
        if frame is None:
            raise StopAsyncIteration
        return frame


class Mouth(AudioOutput):  # type: ignore[misc]
    """What the caller is to hear. A mark behind each segment tells when it has been played."""

    def __init__(self, stream_sid: str) -> None:
        super().__init__(
            label="Media Streams", capabilities=AudioOutputCapabilities(pause=False), sample_rate=RATE
        )
        self.outbox: asyncio.Queue[str] = asyncio.Queue()
        """Messages for the socket."""
        self._stream_sid = stream_sid
        self._segment = 0
        self._pushed = 0.0
        self._began = 0.0

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._pushed:
            self._segment += 1
            self._began = asyncio.get_running_loop().time()
            self.on_playback_started(created_at=time.time())
        self._pushed += frame.duration
        mulaw = ENCODING[np.frombuffer(frame.data, np.uint16)].tobytes()
        self._send("media", media={"payload": b64encode(mulaw).decode()})

    def flush(self) -> None:
        super().flush()
        if self._pushed:
            self._send("mark", mark={"name": str(self._segment)})

    def clear_buffer(self) -> None:
        if self._pushed:
            self._send("clear")
            self._finish(min(self._pushed, asyncio.get_running_loop().time() - self._began), interrupted=True)

    def played(self, mark: str) -> None:
        """A mark came back; a ``clear`` brings back those of segments that are finished already."""
        if self._pushed and mark == str(self._segment):
            self._finish(self._pushed, interrupted=False)

    def _finish(self, position: float, *, interrupted: bool) -> None:
        self._pushed = 0.0
        self.on_playback_finished(playback_position=position, interrupted=interrupted)

    def _send(self, event: str, **body: dict[str, str]) -> None:
        self.outbox.put_nowait(json.dumps({"event": event, "streamSid": self._stream_sid, **body}))


class Desk:
    """Answers the phone: one session a call."""

    def __init__(self, vendors: Vendors) -> None:
        self._vendors = vendors

    async def voice(self, request: web.Request) -> web.Response:
        url = quoteattr(f"ws://{request.host}/media")
        twiml = f"<Response><Connect><Stream url={url}/></Connect></Response>"
        return web.Response(text=twiml, content_type="text/xml")

    async def media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            event = message.json()
            if event["event"] == "start":
                await self._talk(socket, event["streamSid"])
        return socket

    async def _talk(self, socket: web.WebSocketResponse, stream_sid: str) -> None:
        ear, mouth, session = Ear(), Mouth(stream_sid), self._vendors.session()
        session.input.audio, session.output.audio = ear, mouth
        try:
            async with asyncio.TaskGroup() as tasks:
                speaking = tasks.create_task(_speak(socket, mouth))
                greeting = tasks.create_task(_greet(session))
                await _listen(socket, ear, mouth)
                speaking.cancel()
                greeting.cancel()
        finally:
            ear.close()
            await session.aclose()
            # A session leaves its vendors open, for the process that LiveKit would end after each call.
            if session.tts:
                await session.tts.aclose()


async def _greet(session: AgentSession[None]) -> None:
    await session.start(Agent(instructions=PROMPT))
    session.say(GREETING)


async def _listen(socket: web.WebSocketResponse, ear: Ear, mouth: Mouth) -> None:
    async for message in socket:
        event = message.json()
        match event["event"]:
            case "media":
                ear.hear(b64decode(event["media"]["payload"]))
            case "mark":
                mouth.played(event["mark"]["name"])
            case "stop":
                return


async def _speak(socket: web.WebSocketResponse, mouth: Mouth) -> None:
    with suppress(ConnectionError):  # the caller is gone; who listens learns it too
        while True:
            await socket.send_str(await mouth.outbox.get())


async def serve(port: int) -> None:
    local_inference.init_vad()
    local_inference.init_eot()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http, AsyncOpenAI() as model:
        _ = model.chat.completions  # imported when it is first used: now, not at the first reply
        desk = Desk(Vendors(http, model))
        app = web.Application()
        app.add_routes([web.post("/twilio/voice", desk.voice), web.get("/media", desk.media)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            await Probe().serve(runner.addresses[0][1])
        finally:
            await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0 for a free one (default)")
    port = parser.parse_args().port
    logging.basicConfig(level=logging.WARNING)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(port))


if __name__ == "__main__":
    main()
