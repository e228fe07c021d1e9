"""Audio to a listening path of the sandbox, over a bare WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.processors.listening import listening
from trunkline.sandbox.hearing import HearingEmulator

NOVA = "model=nova-3&encoding=mulaw&sample_rate=8000&interim_results=true&endpointing=300&smart_format=true"
FLUX = "model=flux-general-en&encoding=mulaw&sample_rate=8000"


@asynccontextmanager
async def connected(emulator: HearingEmulator[Any]) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection of the kind that a phone line asks for."""
    query = FLUX if emulator.path == "/v2/listen" else NOVA
    async with listening(emulator) as url, aiohttp.ClientSession() as session:
        headers = {"Authorization": "Token secret"}
        async with session.ws_connect(f"{url}{emulator.path}?{query}", headers=headers) as ws:
            yield ws


async def speak(ws: aiohttp.ClientWebSocketResponse, audio: bytes, *, ms: int = 20) -> None:
    """In real time, in messages of so many milliseconds, while anybody listens."""
    for at in range(0, len(audio), 8 * ms):
        if ws.closed:
            return
        await ws.send_bytes(audio[at : at + 8 * ms])
        await asyncio.sleep(ms / 1000)


async def collect(ws: aiohttp.ClientWebSocketResponse) -> list[Any]:
    """All messages, and then the code of the close frame."""
    return [*[message.data async for message in ws], ws.close_code]
