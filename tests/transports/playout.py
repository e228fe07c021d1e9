"""A carrier's playout for tests of the transport alone: 8,000 bytes a second, marks returned when due."""

import asyncio
import base64
from dataclasses import dataclass

import orjson

from transports.media_streams import MediaStream
from transports.twilio_stream import TwilioStream

START = orjson.dumps(
    {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": "AC1",
            "streamSid": "MZ1",
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {},
        },
        "streamSid": "MZ1",
    }
)


@dataclass(frozen=True)
class Sent:
    """One message that reached the carrier."""

    at: float
    event: str
    data: bytes = b""
    name: str = ""


class Playout:
    """The far end of a :class:`TwilioStream`."""

    def __init__(self, stream: TwilioStream, *, returns_marks: bool = True, latency: float = 0.0) -> None:
        self.log: list[Sent] = []
        self.heard = bytearray()
        self._stream = stream
        self.returns_marks = returns_marks
        self._latency = latency
        self._loop = asyncio.get_running_loop()
        self._free_at = 0.0
        self._pieces: list[tuple[float, float, bytes]] = []
        self._waiting: list[asyncio.TimerHandle] = []
        self._marks: dict[str, asyncio.TimerHandle] = {}
        self.stalled: asyncio.Event | None = None
        protocol = MediaStream()
        protocol.receive(START)
        stream.attach(self.send, protocol)

    async def send(self, text: str) -> None:
        if self.stalled is not None:
            await self.stalled.wait()
        message = orjson.loads(text)
        now = self._loop.time()
        if message["event"] == "media":
            data = base64.b64decode(message["media"]["payload"])
            self.log.append(Sent(now, "media", data))
            begins = max(now, self._free_at)
            self._free_at = begins + len(data) / 8000
            self._pieces.append((begins, self._free_at, data))
            self._waiting.append(self._loop.call_at(self._free_at, self.heard.extend, data))
        elif message["event"] == "mark":
            name = message["mark"]["name"]
            # One that is sent into silence measures the way; it tells nothing of what is heard.
            self.log.append(Sent(now, "mark" if self._free_at > now else "probe", name=name))
            due = max(now, self._free_at) + self._latency
            if self.returns_marks:
                self._marks[name] = self._loop.call_at(due, self._stream.marked, name)
        else:
            self.log.append(Sent(now, "clear"))
            self._clear(now)

    def _clear(self, now: float) -> None:
        self._free_at = now
        self._pieces = [(begins, min(ends, now), data) for begins, ends, data in self._pieces if begins < now]
        for timer in self._waiting:
            timer.cancel()
        for name, timer in self._marks.items():
            if not timer.cancelled() and timer.when() > now:
                timer.cancel()
                self._loop.call_soon(self._stream.marked, name)
        self._waiting, self._marks = [], {}

    def played(self) -> bytes:
        """All that was played until now, to the byte."""
        now = self._loop.time()
        return b"".join(
            data[: round((min(ends, now) - begins) * 8000)]
            for begins, ends, data in self._pieces
            if begins < now
        )

    def events(self) -> list[str]:
        """What came, without the marks that measure the way."""
        return [sent.event for sent in self.log if sent.event != "probe"]

    def media(self) -> list[Sent]:
        return [sent for sent in self.log if sent.event == "media"]
