"""The floor: what the line costs when one handler is written for it by hand and nothing stands in between.

aiohttp and uvloop, mu-law both ways as it comes, and the voice detector that all calls share. It listens,
thinks, speaks and can be interrupted; it recovers from nothing: when a vendor fails, the call ends.
"""

import argparse
import asyncio
import gc
import re
from binascii import a2b_base64, b2a_base64
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from os import environ
from typing import Any

import aiohttp
import orjson
import uvloop
from aiohttp import WSMsgType, web

from benchmarks.probe import Probe
from processors.silero import Slot, shared, warm
from processors.voice_activity import Transition, VoiceActivity

GREETING = "Hello, this is the bench."
SOUND = {"encoding": "mulaw", "sample_rate": "8000"}
LISTEN = {"model": "nova-3", "language": "en", "punctuate": "true", "endpointing": "300", **SOUND}
SPEAK = {"model": "aura-2-thalia-en", **SOUND}
SENTENCE = re.compile(r"\s*(\S.*?[.!?])\s", re.DOTALL)

CLOSING = aiohttp.ClientWSTimeout(ws_close=0.5)
JSON = {"Content-Type": "application/json"}
FLUSH = b'{"type":"Flush"}'
ENDS = ("Flushed", "Warning")  # of a flush: done, or refused
CLEAR = b'{"type":"Clear"}'

Message = dict[str, Any]
Carrier = web.WebSocketResponse[Any]
Vendor = aiohttp.ClientWebSocketResponse[Any]


@dataclass(frozen=True, slots=True)
class Vendors:
    """What calls share."""

    deepgram: aiohttp.ClientSession
    openai: aiohttp.ClientSession

    def socket(self, what: str, query: dict[str, str]) -> AbstractAsyncContextManager[Vendor]:
        return self.deepgram.ws_connect(f"/v1/{what}", params=query, timeout=CLOSING, decode_text=False)

    async def synthesise(self, text: str) -> bytes:
        query = {**SPEAK, "container": "none"}
        async with self.deepgram.post("/v1/speak", params=query, json={"text": text}) as response:
            response.raise_for_status()
            return await response.read()

    def think(self, messages: list[Message]) -> Any:
        body = {"model": "gpt-4o-mini", "messages": messages, "stream": True}
        return self.openai.post("chat/completions", data=orjson.dumps(body), headers=JSON)


class Call:
    """One call, from ``start`` to the end of its stream."""

    def __init__(self, vendors: Vendors, carrier: Carrier, stream_sid: str) -> None:
        self._vendors = vendors
        self._carrier = carrier
        self._sid = stream_sid
        self._media = f'{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":"'.encode()
        self._activity = VoiceActivity()
        self._messages: list[Message] = [{"role": "system", "content": "Answer."}]
        self._reply: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unsaid: list[str] = []
        self._is_saying = False  # Aura has text, and has not told yet that it is through with it
        self._is_clearing = False  # what Aura sends is not wanted
        self._is_heard = False  # the carrier has audio that is not known to have been played
        self._marks = 0
        self._tasks: asyncio.TaskGroup
        self._ears: Vendor
        self._voice: Vendor

    async def run(self, greeting: bytes) -> None:
        """Greet, and serve until the stream ends or a vendor leaves."""
        await self._play(greeting)
        await self._mark()
        listen, speak = self._vendors.socket("listen", LISTEN), self._vendors.socket("speak", SPEAK)
        async with listen as self._ears, speak as self._voice, asyncio.TaskGroup() as self._tasks:
            readers = [self._tasks.create_task(self._hear()), self._tasks.create_task(self._speak())]
            slot = shared().join(self._on_window)
            try:
                async for message in self._carrier:
                    await self._take(orjson.loads(message.data), slot)
            finally:
                slot.leave()
            for task in (*readers, self._reply):
                task.cancel()

    async def _take(self, event: Message, slot: Slot) -> None:
        if event["event"] == "media":
            mulaw = a2b_base64(event["media"]["payload"])
            slot.feed(mulaw)
            await self._ears.send_frame(mulaw, WSMsgType.BINARY)
        elif event["event"] == "mark" and event["mark"]["name"] == str(self._marks):
            self._is_heard &= self._is_saying

    async def _play(self, mulaw: bytes) -> None:
        self._is_heard = True
        payload = b2a_base64(mulaw, newline=False)
        await self._carrier.send_frame(self._media + payload + b'"}}', WSMsgType.TEXT)

    async def _mark(self) -> None:
        self._marks += 1
        await self._order("mark", mark={"name": str(self._marks)})

    async def _order(self, event: str, **more: Any) -> None:
        order = {"event": event, "streamSid": self._sid, **more}
        await self._carrier.send_frame(orjson.dumps(order), WSMsgType.TEXT)

    def _on_window(self, probability: float, level_dbfs: float) -> None:
        if self._activity.hear(probability, level_dbfs=level_dbfs) is Transition.STARTED:
            self._tasks.create_task(self._interrupt())

    async def _interrupt(self) -> None:
        self._reply.cancel()
        self._unsaid.clear()
        if self._is_heard:
            self._is_heard = False
            await self._order("clear")
        if self._is_saying and not self._is_clearing:
            self._is_clearing = True
            await self._voice.send_frame(CLEAR, WSMsgType.TEXT)

    async def _hear(self) -> None:
        words: list[str] = []
        async for message in self._ears:
            event = orjson.loads(message.data)
            if event["type"] == "Results" and event["is_final"]:
                words += event["channel"]["alternatives"][0]["transcript"].split()
                if event["speech_final"] and words:
                    await self._interrupt()
                    self._messages.append({"role": "user", "content": " ".join(words)})
                    self._reply = self._tasks.create_task(self._think())
                    words.clear()
        await self._carrier.close()

    async def _think(self) -> None:
        reply = {"role": "assistant", "content": ""}
        text, rest = "", b""
        async with self._vendors.think(self._messages) as response:
            response.raise_for_status()
            self._messages.append(reply)
            async for data in response.content.iter_any():
                *events, rest = (rest + data).split(b"\n\n")
                text += "".join(map(token, events))
                while sentence := SENTENCE.match(text):
                    text = text[sentence.end() :]
                    reply["content"] += sentence[1] + " "
                    await self._say(sentence[1])
        if text := text.strip():
            reply["content"] += text
            await self._say(text)

    async def _say(self, *sentences: str) -> None:
        """Say it when all before has been said: one flush at a time, for Aura takes 20 a minute."""
        self._unsaid += sentences
        if self._unsaid and not self._is_saying:
            self._is_saying = True
            text = orjson.dumps({"type": "Speak", "text": " ".join(self._unsaid)})
            self._unsaid.clear()
            await self._voice.send_frame(text, WSMsgType.TEXT)
            await self._voice.send_frame(FLUSH, WSMsgType.TEXT)

    async def _speak(self) -> None:
        async for message in self._voice:
            if message.type is WSMsgType.BINARY:
                if not self._is_clearing:
                    await self._play(message.data)
                continue
            kind = orjson.loads(message.data)["type"]
            if kind == "Cleared" or (kind in ENDS and not self._is_clearing):
                if not self._is_clearing:
                    await self._mark()
                self._is_saying = self._is_clearing = False
                await self._say()
        await self._carrier.close()


def token(event: bytes) -> str:
    """The text in a server-sent event of a chat completion."""
    if not event.startswith(b"data: {"):
        return ""
    choices = orjson.loads(event[6:])["choices"]
    return (choices[0]["delta"].get("content") or "") if choices else ""


def application(vendors: Vendors, greeting: bytes) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        stream = f'<Stream url="ws://{request.host}/twilio/media" />'
        twiml = f"<Response><Connect>{stream}</Connect></Response>"
        return web.Response(text=twiml, content_type="text/xml")

    async def media(request: web.Request) -> Carrier:
        carrier: Carrier = web.WebSocketResponse(compress=False, decode_text=False, timeout=0.5)
        await carrier.prepare(request)
        async for message in carrier:
            event = orjson.loads(message.data)
            if event["event"] == "start":
                try:
                    await Call(vendors, carrier, event["streamSid"]).run(greeting)
                except* (aiohttp.ClientError, ConnectionError):  # a vendor left, and a packet met it first
                    await carrier.close()
        return carrier

    app = web.Application()
    app.add_routes([web.post("/twilio/voice", answer), web.get("/twilio/media", media)])
    return app


def session(url: str, authorization: str) -> aiohttp.ClientSession:
    headers = {"Authorization": authorization}
    return aiohttp.ClientSession(url, headers=headers, connector=aiohttp.TCPConnector(limit=0))


async def serve(port: int) -> None:
    warm()
    async with (
        session(environ["DEEPGRAM_BASE_URL"], f"Token {environ['DEEPGRAM_API_KEY']}") as deepgram,
        session(environ["OPENAI_BASE_URL"] + "/", f"Bearer {environ['OPENAI_API_KEY']}") as openai,
    ):
        vendors = Vendors(deepgram, openai)
        app = application(vendors, await vendors.synthesise(GREETING))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        gc.collect()
        gc.freeze()
        await Probe().serve(runner.addresses[0][1])
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description="The floor: a hand-written handler.")
    parser.add_argument("--port", type=int, default=0, help="to listen on (default: a free one)")
    port = parser.parse_args().port
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(port))


if __name__ == "__main__":
    main()
