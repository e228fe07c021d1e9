"""One WebSocket of the text-to-speech emulator: commands in, audio and answers out, limits kept."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import WSMessage, WSMsgType, web

from trunkline.sandbox.speak_audio import Pace, Speaker
from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.speak_options import SpeakOptions
from trunkline.sandbox.voice import Voice

MESSAGE_LIMIT = 2000
"""Characters of one Speak message (Deepgram: streaming text-to-speech, limits)."""

MINUTE_LIMIT = 2400
"""Characters a minute on one socket."""

FLUSH_LIMIT = 20
"""Flushes a minute on one socket; further ones are warned of and ignored."""

MINUTE = 60.0
"""Seconds of the window in which characters and flushes are counted."""

LIFETIME = 3600.0
"""Seconds after which a socket is closed, busy or not."""

SENTENCE_ENDS = (".", "!", "?")

COMMANDS = ("Speak", "Flush", "Clear", "Close")


class Quota:
    """So much in a minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: deque[tuple[float, int]] = deque()

    def take(self, amount: int, now: float) -> bool:
        """Whether ``amount`` more is within the limit; if not, it does not count."""
        while self._taken and self._taken[0][0] <= now - MINUTE:
            self._taken.popleft()
        if sum(taken for _, taken in self._taken) + amount > self._limit:
            return False
        self._taken.append((now, amount))
        return True


class SpeakSocket:
    """Serves one client until it leaves or a limit is reached.

    Args:
        ws: the prepared WebSocket.
        transport: the connection under it, to be lost on request.
        options: what the client asked for.
        voice: what texts are said with.
        pace: how fast.
        fault: what goes wrong; asked at each step.
        received: told of each command: its type and text.
        max_characters: that it may send in a minute.
    """

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        options: SpeakOptions,
        voice: Voice,
        pace: Callable[[], Pace],
        fault: Callable[[], SpeakFault],
        received: Callable[[str, str], None],
        max_characters: int = MINUTE_LIMIT,
    ) -> None:
        self._ws = ws
        self._transport = transport
        self._model = options.model
        self._pace = pace
        self._fault = fault
        self._received = received
        self._speaker = Speaker(self, voice, options, pace, fault, self._flushed)
        self._characters = Quota(max_characters)
        self._flushes = Quota(FLUSH_LIMIT)
        self._buffer = ""
        self._sequence = 0

    async def serve(self, request_id: str) -> None:
        """Until the client leaves or is closed."""
        await self._say(_metadata(request_id, self._model))
        speaking = asyncio.create_task(self._speak())
        lifetime = asyncio.create_task(self._expire())
        try:
            await self._listen()
        finally:
            speaking.cancel()
            lifetime.cancel()
            await asyncio.gather(speaking, lifetime, self._speaker.close(), return_exceptions=True)

    async def close(self, code: int, reason: str = "") -> None:
        await self._ws.close(code=code, message=reason.encode())

    def drop(self) -> None:
        """Lose the connection, as a network does."""
        if self._transport is not None:
            self._transport.abort()

    async def end(self, fault: SpeakFault) -> None:
        if fault.close_code is None:
            self.drop()
        else:
            await self.close(fault.close_code, fault.close_reason)

    async def send_audio(self, audio: bytes) -> None:
        with suppress(ConnectionError):
            await self._ws.send_bytes(audio)

    async def send_garbage(self, text: str) -> None:
        with suppress(ConnectionError):
            await self._ws.send_str(text)

    async def _speak(self) -> None:
        await self._speaker.speak()
        await self.close(1000)

    async def _expire(self) -> None:
        await asyncio.sleep(LIFETIME)
        await self.close(1011, "NET-0003")

    async def _listen(self) -> None:
        await asyncio.sleep(self._fault().stall_reading_s)
        async for message in self._ws:
            command = _command(message)
            if command is not None:
                self._received(command["type"], command.get("text", ""))
                await self._obey(command)
            elif message.type is WSMsgType.BINARY:
                await self.close(1008, "DATA-0000")
            else:
                await self.close(1003, "MESSAGE-0000")

    async def _obey(self, command: dict[str, Any]) -> None:
        match command["type"]:
            case "Speak":
                await self._take(command["text"])
            case "Flush":
                await self._flush()
            case "Clear":
                await self._clear()
            case "Close":
                self._queue(flush=False)
                self._speaker.finish()

    async def _take(self, text: str) -> None:
        if len(text) > MESSAGE_LIMIT:
            await self.close(1009, "BIG-0001")
        elif not self._characters.take(len(text), asyncio.get_running_loop().time()):
            await self.close(1008, "DATA-0001")
        else:
            self._buffer += text
            if not self._pace().needs_flush and self._buffer.rstrip().endswith(SENTENCE_ENDS):
                self._queue(flush=False)

    async def _flush(self) -> None:
        if self._flushes.take(1, asyncio.get_running_loop().time()):
            self._queue(flush=True)
        else:
            text = "Flush was ignored: at most 20 flushes are processed every 60 seconds"
            await self._say({"type": "Warning", "code": "FLUSH_LIMIT", "description": text})

    def _queue(self, *, flush: bool) -> None:
        self._speaker.say(self._buffer, flush=flush)
        self._buffer = ""

    async def _clear(self) -> None:
        fault = self._fault()
        self._buffer = ""
        self._speaker.clear()
        await self._speaker.linger(fault.linger_ms)
        if not fault.never_cleared and not fault.silent:
            await self._acknowledge("Cleared")
        if fault.haunt_ms:
            self._speaker.haunt(fault.haunt_ms)

    async def _flushed(self) -> None:
        await self._acknowledge("Flushed")

    async def _acknowledge(self, what: str) -> None:
        await self._say({"type": what, "sequence_id": self._sequence})
        self._sequence += 1

    async def _say(self, message: dict[str, Any]) -> None:
        with suppress(ConnectionError):
            await self._ws.send_str(json.dumps(message))


def _command(message: WSMessage) -> dict[str, Any] | None:
    """A client's message, or None if it is none that Aura knows."""
    if message.type is not WSMsgType.TEXT:
        return None
    try:
        command = json.loads(message.data)
    except ValueError:
        return None
    if not isinstance(command, dict) or command.get("type") not in COMMANDS:
        return None
    if command["type"] == "Speak" and not isinstance(command.get("text"), str):
        return None
    return command


def _metadata(request_id: str, model: str) -> dict[str, Any]:
    return {
        "type": "Metadata",
        "request_id": request_id,
        "model_name": model,
        "model_version": "sandbox",
        "model_uuid": str(uuid4()),
        "additional_model_uuids": [],
    }
