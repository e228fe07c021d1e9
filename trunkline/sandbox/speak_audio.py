"""The speaking half of the text-to-speech emulator: texts in a queue, audio out, at a pace."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from random import Random
from typing import Protocol

from trunkline.sandbox.speak_faults import SpeakFault
from trunkline.sandbox.speak_options import SpeakOptions
from trunkline.sandbox.voice import Voice


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a server answers."""

    first_audio_ms: float = 80
    """Milliseconds from a Flush to its first audio."""

    speed: float = 10
    """Seconds of audio made in a second."""

    chunk_ms: tuple[int, int] = (20, 200)
    """Shortest and longest audio in one message."""

    needs_flush: bool = True
    """Whether text waits for its Flush. If not, a Speak that ends a sentence is spoken at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """Text to be spoken in its turn."""

    text: str
    ready_at: float
    """Loop time in seconds of its first audio."""
    flush: bool
    """Whether ``Flushed`` follows it."""


class Wire(Protocol):
    """Where the audio goes."""

    async def send_audio(self, audio: bytes) -> None: ...

    async def send_garbage(self, text: str) -> None: ...

    async def end(self, fault: SpeakFault) -> None:
        """Close the socket as the fault says."""


class Speaker:
    """Speaks one text after the other, and forgets them all at once.

    Args:
        wire: where the audio goes.
        voice: what the texts are said with.
        options: the client's model and encoding.
        pace: how fast.
        fault: what goes wrong; asked at each step.
        flushed: told when a flush has been answered with all its audio.
    """

    def __init__(
        self,
        wire: Wire,
        voice: Voice,
        options: SpeakOptions,
        pace: Callable[[], Pace],
        fault: Callable[[], SpeakFault],
        flushed: Callable[[], Awaitable[None]],
    ) -> None:
        self._wire = wire
        self._voice = voice
        self._options = options
        self._pace = pace
        self._fault = fault
        self._flushed = flushed
        self._sizes = Random(1)
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self._playing: asyncio.Task[None] | None = None
        self._haunting: set[asyncio.Task[None]] = set()
        self._last_text = ""
        self._sent = 0

    def say(self, text: str, *, flush: bool) -> None:
        delay = self._pace().first_audio_ms + self._fault().slow_ms
        self._jobs.put_nowait(Job(text, asyncio.get_running_loop().time() + delay / 1000, flush))

    def finish(self) -> None:
        """Stop once everything has been said."""
        self._jobs.put_nowait(None)

    def clear(self) -> None:
        while not self._jobs.empty():
            self._jobs.get_nowait()
        if self._playing is not None:
            self._playing.cancel()

    async def linger(self, milliseconds: float) -> None:
        """Go on for a while with what was being said, over and over if need be."""
        with suppress(TimeoutError):
            async with asyncio.timeout(milliseconds / 1000):
                while self._last_text:
                    await self._play(self._last_text)

    def haunt(self, milliseconds: float) -> None:
        """Linger, beside whatever is said next."""
        task = asyncio.create_task(self.linger(milliseconds))
        self._haunting.add(task)
        task.add_done_callback(self._haunting.discard)

    async def speak(self) -> None:
        """Say what there is to say, until finished."""
        while (job := await self._jobs.get()) is not None:
            self._playing = asyncio.create_task(self._do(job))
            await asyncio.wait([self._playing])

    async def close(self) -> None:
        tasks = [*self._haunting, *([self._playing] if self._playing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _do(self, job: Job) -> None:
        await asyncio.sleep(job.ready_at - asyncio.get_running_loop().time())
        if job.text.strip() and not self._fault().mute and not self._is_dumb:
            self._last_text = job.text
            await self._play(job.text)
        if job.flush and not self._is_dumb:
            await self._flushed()

    @property
    def _is_dumb(self) -> bool:
        fault = self._fault()
        limit = fault.silent_after_bytes
        return fault.silent or (limit is not None and self._sent >= limit)

    async def _play(self, text: str) -> None:
        async with aclosing(self._chunks(text)) as chunks:
            async for chunk in chunks:
                await self._send(chunk)
                await asyncio.sleep(len(chunk) / self._options.bytes_per_second / self._pace().speed)

    async def _send(self, chunk: bytes) -> None:
        fault = self._fault()
        limits = [at for at in (fault.silent_after_bytes, fault.close_after_bytes) if at is not None]
        if limits:
            chunk = chunk[: max(0, min(limits) - self._sent)]
        self._sent += len(chunk)
        if fault.garbage is not None:
            await self._wire.send_garbage(fault.garbage)
        if chunk:
            await self._wire.send_audio(chunk)
        if fault.close_after_bytes is not None and self._sent >= fault.close_after_bytes:
            await self._wire.end(fault)
            await asyncio.Event().wait()

    async def _chunks(self, text: str) -> AsyncGenerator[bytes]:
        """The audio in messages of no particular size, as Deepgram's are not aligned to anything."""
        waiting, size = bytearray(), self._size()
        async for mulaw in self._voice.speak(text, self._options.model):
            waiting += self._options.encode(mulaw)
            while len(waiting) >= size:
                yield bytes(waiting[:size])
                del waiting[:size]
                size = self._size()
        if waiting:
            yield bytes(waiting)

    def _size(self) -> int:
        milliseconds = self._sizes.uniform(*self._pace().chunk_ms)
        return int(milliseconds * self._options.bytes_per_second / 1000) | 1
