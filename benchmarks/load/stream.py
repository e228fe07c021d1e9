"""A caller's media stream as Twilio carries it: a packet each 20 ms, marks returned when played."""

import asyncio
from collections.abc import Callable, Mapping

import aiohttp
import orjson

from benchmarks.load.ear import Ear
from benchmarks.load.mouth import Mouth, Spoken
from benchmarks.load.socket import Socket
from trunkline.sandbox.carrier_commands import Clear, Play, Refused, SetMark, read_command

INTERVAL = 0.02
"""Seconds between packets."""

MEDIA = (
    b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d","timestamp":"%d",'
    b'"payload":"%b"},"streamSid":"%b"}'
)

SILENT = b"\xff\x7f"
"""The zeros of mu-law: what is sent of nothing else is not heard."""

SAMPLE = 1 / 8000
"""Seconds by which a mark may be early."""

TICK = 0.001
"""Seconds: the resolution of uvloop's timers."""


class Stream:
    """Carries sound over an open socket. Times are seconds of its clock.

    Args:
        socket: open.
        start: the body of the ``start`` message.
        ear: what the caller hears.
        mouth: what the caller says.
        heard: told when the first audible sound of a reply came.
        cleared: told when a ``clear`` came.
        said: told when an utterance's last audible packet has been sent.
        warn: told of what Twilio would warn of, once for each kind.
        clock: now, in seconds; uvloop's own is as coarse as a millisecond, and stands still in between.
    """

    def __init__(
        self,
        socket: Socket,
        start: Mapping[str, object],
        ear: Ear,
        mouth: Mouth,
        *,
        heard: Callable[[float], None],
        cleared: Callable[[float], None],
        said: Callable[[Spoken], None],
        warn: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._socket = socket
        self._start = start
        self._sid = str(start["streamSid"])
        self._ear, self._mouth = ear, mouth
        self._clock = clock
        self._heard, self._cleared, self._said, self._warn = heard, cleared, said, warn
        self._loop = asyncio.get_running_loop()
        self._sequence = self._chunk = 0
        self._stopped = False
        self._warned: set[str] = set()
        self._marks: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Introduce the stream, and carry sound until the other side closes or :meth:`stop`."""
        self._socket.write(b'{"event":"connected","protocol":"Call","version":"1.0.0"}')
        self._send("start", start=self._start)
        self.started = self._clock()
        self._due = self._loop.time() + INTERVAL
        ticking = self._loop.call_at(self._due, self._tick)
        try:
            while (message := await self._socket.receive()).type is aiohttp.WSMsgType.TEXT:
                self._obey(message.data)
        finally:
            self._stopped = True
            ticking.cancel()
            if self._marks is not None:
                self._marks.cancel()

    async def stop(self) -> None:
        """The caller has hung up: say so, and close."""
        if not self._stopped:
            self._stopped = True
            body = {key: self._start[key] for key in ("accountSid", "callSid")}
            self._send("stop", stop=body)
        await self._socket.close()

    def _tick(self) -> None:
        """Send a packet that is due; whatever that takes, the next one is due 20 ms after it was."""
        if self._stopped:
            return
        self._due += INTERVAL
        self._loop.call_at(self._due, self._tick)
        if self._socket.is_congested:
            self._warn_once("31930: the other side reads too slowly")
        self._sequence += 1
        self._chunk += 1
        packet = self._mouth.packet()
        milliseconds = (self._chunk - 1) * 20
        text = MEDIA % (self._sequence, self._chunk, milliseconds, packet, self._sid.encode())
        self._socket.write(text)
        if spoken := self._mouth.sent(self._clock()):
            self._said(spoken)

    def _obey(self, data: bytes) -> None:
        command, now = read_command(data, self._sid), self._clock()
        if isinstance(command, Play):
            self._play(now, command.payload)
        elif isinstance(command, SetMark):
            self._ear.mark(now, command.name)
            self._return_marks()
        elif isinstance(command, Clear):
            self._ear.clear(now)
            self._return_marks()
            self._cleared(now)
        elif isinstance(command, Refused):
            self._warn_once(f"{command.code}: {command.reason}")

    def _play(self, now: float, mulaw: bytes) -> None:
        if self._ear.sent:
            self._ear.play(now, len(mulaw))
        elif mulaw.strip(SILENT):
            self._ear.play(now, len(mulaw))
            self._heard(now)

    def _return_marks(self) -> None:
        """Those that are due; the next one when it is."""
        if self._marks is not None:
            self._marks.cancel()
        now = self._clock()
        for name in self._ear.due(now + SAMPLE):
            self._send("mark", mark={"name": name})
        due = self._ear.next_mark
        if due is not None and not self._stopped:
            self._marks = self._loop.call_later(max(TICK, due - now), self._return_marks)

    def _send(self, event: str, **body: Mapping[str, object]) -> None:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), **body, "streamSid": self._sid}
        self._socket.write(orjson.dumps(message))

    def _warn_once(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            self._warn(what)
