"""A whole call over a carrier that is not Twilio: only the words on the socket differ."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from processors.frames import RATE
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, VOICE, Town, said, town
from tests.calls.wire import Wire
from transports.telnyx_streams import TelnyxStream
from trunkline.sandbox.telephone.resource import new_sid
from trunkline.server.media import Media
from trunkline.server.signature import Gatekeeper
from trunkline.server.tickets import Tickets

PACKET = 160
"""Bytes of 20 ms."""


class Telnyx:
    """The carrier's end of a stream, in Telnyx's words: plays out what comes, and returns marks when due."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, call: str) -> None:
        self.heard = b""
        self.events: list[str] = []
        self._ws, self._call = ws, call
        self._stream, self._sent = "32DE0DEA-53CB-4B21-89A4-9E1819C043BC", 0
        self._talk = b""

    async def begin(self, ticket: str) -> None:
        await self._send({"event": "connected", "version": "1.0.0"})
        formats = {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}
        body = {
            "call_control_id": self._call,
            "custom_parameters": {"ticket": ticket},
            "media_format": formats,
        }
        await self._send({"event": "start", "start": body, **self._numbered()})

    def say(self, mulaw: bytes) -> None:
        self._talk += mulaw

    async def hears(self, text: str) -> None:
        async with asyncio.timeout(30):
            while text not in VOICE.read(self.heard):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def talk(self) -> None:
        """A packet every 20 ms, as long as the stream lasts."""
        chunk = 0
        while True:
            packet, self._talk = self._talk[:PACKET].ljust(PACKET, b"\xff"), self._talk[PACKET:]
            payload = base64.b64encode(packet).decode()
            body = {"track": "inbound", "chunk": str(chunk), "timestamp": str(20 * chunk), "payload": payload}
            await self._send({"event": "media", "media": body, **self._numbered()})
            chunk += 1
            await asyncio.sleep(PACKET / RATE)

    async def listen(self) -> None:
        """Play one thing after the other, in real time."""
        async for message in self._ws:
            told = orjson.loads(message.data)
            assert "streamSid" not in told
            self.events.append(told["event"])
            if told["event"] == "media":
                sound = base64.b64decode(told["media"]["payload"])
                await asyncio.sleep(len(sound) / RATE)
                self.heard += sound
            elif told["event"] == "mark":
                await self._send({**told, **self._numbered()})

    async def hang_up(self) -> None:
        await self._send({"event": "stop", "stop": {"call_control_id": self._call}, **self._numbered()})

    def _numbered(self) -> dict[str, str]:
        self._sent += 1
        return {"sequence_number": str(self._sent), "stream_id": self._stream}

    async def _send(self, message: dict[str, Any]) -> None:
        await self._ws.send_str(orjson.dumps(message).decode())


class Trusting(Gatekeeper):
    """Telnyx signs no handshake; its stream is let in by the ticket."""

    def check(self, request: web.BaseRequest, form: Any = None) -> None:
        pass


@asynccontextmanager
async def telnyx(place: Town, tickets: Tickets, call: str) -> AsyncIterator[Telnyx]:
    """A stream of Telnyx's to the lines of a town."""
    app = web.Application()
    media = Media(place.service.switchboard, Trusting(""), tickets, TelnyxStream)
    app.add_routes([web.get("/telnyx/media", media.handle)])
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "ws://127.0.0.1:{1}/telnyx/media".format(*runner.addresses[0])
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
            end = Telnyx(ws, call)
            tasks = [asyncio.create_task(end.listen())]
            try:
                yield end
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await runner.cleanup()


async def test_a_conversation_over_telnyx(tmp_path: Path) -> None:
    secret = "of both"
    async with town(tmp_path, settings={"TRUNKLINE_SECRET": secret}) as place, Wire(place) as wire:
        sid, _ = await wire.ring(new_sid("CA"))
        tickets = Tickets(secret)
        async with telnyx(place, tickets, sid) as end:
            await end.begin(tickets.issue(sid))
            talking = asyncio.create_task(end.talk())
            await end.hears(GREETING)
            end.say(said(PRICE_QUESTION))
            await end.hears(PRICE)
            talking.cancel()
            await end.hang_up()
            session = place.service.switchboard.calls[sid]
            await session.over()
            assert session.outcome is not None
            assert session.outcome.kind == "caller-hung-up"
        assert {"media", "mark"} <= set(end.events)
        await place.service.store.flush()
        row = await place.service.store.call(sid)
        assert row is not None
        assert [turn.caller for turn in row.turns] == ["", PRICE_QUESTION]
        assert [turn.agent for turn in row.turns] == [GREETING, PRICE]
