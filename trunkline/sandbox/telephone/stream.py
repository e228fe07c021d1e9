"""The carrier's end of one media stream: the call's sound to the customer, the customer's to the caller."""

import asyncio
import random
from contextlib import suppress

import aiohttp

from processors.g711 import SILENCE
from transports.media_events import Media, Start
from transports.media_streams import State
from trunkline.sandbox.carrier_stream import CarrierStream, Clear, Command, Play, Refused, SetMark, write
from trunkline.sandbox.telephone.call_log import CallLog
from trunkline.sandbox.telephone.faults import Fallible
from trunkline.sandbox.telephone.handset import Handset
from trunkline.sandbox.telephone.playout import Receipt
from trunkline.sandbox.telephone.records import (
    ClearReceived,
    MarkReceived,
    MarkReturned,
    MediaReceived,
    StreamStarted,
    StreamStopped,
    Warned,
)
from trunkline.sandbox.telephone.stream_end import ABANDONED, StreamEnd, stream_end
from trunkline.sandbox.telephone.stream_socket import StreamSocket
from trunkline.sandbox.telephone.tape import PACKET

BUFFER_OVERFLOW = 31930

PACKET_MS = 20

LISTEN_AGAIN = 0.02
"""Seconds between two looks at whether a deaf socket is to be read again."""


class Stream:
    """Carries a call's sound over an open socket until one side ends it.

    Args:
        socket: open.
        start: what the stream is said to be; nothing of it is checked, so that a test can say anything.
        url: where the socket leads.
        handset: whose sound is carried.
        log: where it is written down.
        trouble: whose faults concern this stream.
    """

    def __init__(
        self, socket: StreamSocket, start: Start, url: str, handset: Handset, log: CallLog, trouble: Fallible
    ) -> None:
        self.sid = start.stream_sid
        self._socket = socket
        self._start = start
        self._url = url
        self._handset = handset
        self._log = log
        self._trouble = trouble
        self._codec = CarrierStream(start)
        self._loop = asyncio.get_running_loop()
        self._random = random.Random(0)
        self._marks_changed = asyncio.Event()
        self._warned: set[int] = set()
        self._stopping = False
        self._listening: asyncio.Task[StreamEnd] | None = None
        self.ended: asyncio.Future[StreamEnd] = self._loop.create_future()

    async def run(self) -> StreamEnd:
        """Introduce the stream and carry sound until it ends."""
        try:
            end = await self._carry()
        except BaseException:
            self._socket.reset()
            raise
        finally:
            self._handset.ear.clear(self._handset.now, self)
            self._handset.ear.receipts(self)
        self._note_end(end)
        self.ended.set_result(end)
        return end

    async def stop(self) -> None:
        """End the stream from the carrier's side: say so, and close.

        A half-open socket stays as it is: the other side is to find out by itself.
        """
        if self._stopping:
            return
        started = self._codec.state is State.STARTED
        self._stopping = True
        faults = self._trouble.faults
        if faults.mute and faults.deaf and self._listening is not None:
            self._listening.cancel()
            return
        if started and not faults.no_stop and not faults.mute:
            await self._send(self._codec.stop())
        if faults.deaf:
            self._socket.reset()
        await self._socket.close()

    def break_off(self) -> None:
        """The network breaks: neither a ``stop`` nor a close."""
        self._socket.reset()

    async def press(self, digit: str) -> None:
        if self._may_speak and self._codec.state is State.STARTED:
            await self._send(self._codec.dtmf(digit))

    async def inject(self, raw: str | bytes, *, text: bool = True) -> None:
        """Send anything. Bytes may be other than UTF-8, and go in a binary frame unless ``text``."""
        if isinstance(raw, str):
            raw = raw.encode()
        await (self._socket.send_text(raw) if text else self._socket.send_binary(raw))

    @property
    def is_left_open(self) -> bool:
        """Whether the stream has ended without a word to the other side."""
        return self.ended.done() and not self._socket.closed

    async def _carry(self) -> StreamEnd:
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(self._speak()), group.create_task(self._return_marks())]
            listening = self._listening = group.create_task(self._listen())
            await asyncio.wait({listening})
            for helper in helpers:
                helper.cancel()
        return ABANDONED if listening.cancelled() else listening.result()

    # To the customer.

    async def _introduce(self) -> None:
        faults = self._trouble.faults
        await self._send(self._codec.connected())
        for number in range(faults.early_media):
            early = Media(SILENCE * PACKET, number * PACKET_MS, number + 1, number + 1)
            await self._send(write(early, self._start))
        if faults.no_start:
            await asyncio.Event().wait()
        await self._send(self._codec.start())
        self._log.add(
            StreamStarted(
                at=self._loop.time(), stream_sid=self.sid, url=self._url, parameters=self._start.parameters
            )
        )

    async def _speak(self) -> None:
        """The caller's voice, a packet each 20 ms, on time whatever the last one took."""
        await self._introduce()
        began = self._loop.time()
        for slot, due in self._handset.slots():
            await self._sleep_until(due + self._lateness())
            if self._may_speak and not self._lost():
                timestamp_ms = round((due - began) * 1000) - PACKET_MS
                await self._send(self._codec.media(self._handset.mouth.packet(slot), timestamp_ms))

    async def _return_marks(self) -> None:
        """Each mark when all before it has been played, to the sample."""
        ear, timeline = self._handset.ear, self._handset.timeline
        while True:
            self._marks_changed.clear()
            ear.advance(self._handset.now)
            for receipt in ear.receipts(self):
                if self._may_speak:
                    self._note_mark(receipt)
                    await self._send(self._codec.mark(receipt.name))
            due = ear.next_mark(self)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(None if due is None else timeline.time(due)):
                    await self._marks_changed.wait()

    @property
    def _may_speak(self) -> bool:
        return not self._stopping and not self._trouble.faults.mute

    async def _send(self, text: str) -> None:
        await self._socket.send_text(text.encode())

    async def _sleep_until(self, when: float) -> None:
        delay = when - self._loop.time()
        if delay > 0:
            await asyncio.sleep(delay)

    def _lateness(self) -> float:
        """Seconds."""
        jitter_ms = self._trouble.faults.jitter_ms
        return self._random.uniform(0, jitter_ms) / 1000 if jitter_ms else 0.0

    def _lost(self) -> bool:
        """Whether this packet never reaches the customer."""
        if self._socket.is_congested:
            self._warn_once(BUFFER_OVERFLOW, "the customer reads too slowly: audio is discarded")
            return True
        share = self._trouble.faults.drop
        return share > 0 and self._random.random() < share

    # From the customer.

    async def _listen(self) -> StreamEnd:
        while True:
            await self._hearing()
            message = await self._socket.receive()
            await self._hearing()
            if message.type is aiohttp.WSMsgType.TEXT:
                self._obey(self._codec.receive(message.data))
            elif message.type is aiohttp.WSMsgType.BINARY:
                self._obey(self._codec.receive(b"", binary=True))
            else:
                return stream_end(message.type, self._socket.close_code, message.extra or "", self._stopping)

    async def _hearing(self) -> None:
        # Faults are plain data that anybody may exchange: there is no event to wait for.
        while self._trouble.faults.deaf and not self._stopping:  # noqa: ASYNC110
            await asyncio.sleep(LISTEN_AGAIN)

    def _obey(self, command: Command) -> None:
        at, now, ear = self._loop.time(), self._handset.now, self._handset.ear
        if isinstance(command, Play):
            ear.queue(now, command.payload, self)
            self._log.add(MediaReceived(at=at, stream_sid=self.sid, size=len(command.payload)))
        elif isinstance(command, SetMark):
            ear.mark(now, command.name, self)
            self._log.add(MarkReceived(at=at, stream_sid=self.sid, name=command.name))
            self._marks_changed.set()
        elif isinstance(command, Clear):
            self._log.add(ClearReceived(at=at, stream_sid=self.sid, dropped=ear.clear(now, self)))
            self._marks_changed.set()
        elif isinstance(command, Refused):
            self._warn_once(command.code, command.reason)

    # In the log.

    def _note_end(self, end: StreamEnd) -> None:
        at = self._loop.time()
        if end.error:
            self._log.add(Warned(at=at, code=end.error, message=f"stream {self.sid}: {end.reason or end.by}"))
        self._log.add(
            StreamStopped(at=at, stream_sid=self.sid, by=end.by, close_code=end.close_code, reason=end.reason)
        )

    def _note_mark(self, receipt: Receipt) -> None:
        self._log.add(
            MarkReturned(at=self._loop.time(), stream_sid=self.sid, name=receipt.name, played=receipt.played)
        )

    def _warn_once(self, code: int, message: str) -> None:
        if code not in self._warned:
            self._warned.add(code)
            self._log.add(Warned(at=self._loop.time(), code=code, message=message))
