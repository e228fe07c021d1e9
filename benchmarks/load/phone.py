"""A caller's phone: dials, says, hears, hangs up, and tells :class:`Observations` how long things took."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from uuid import uuid4

import aiohttp

from benchmarks.load.ear import BYTES_PER_SECOND, Ear
from benchmarks.load.mouth import Mouth, Spoken
from benchmarks.load.observations import Observations
from benchmarks.load.socket import Socket
from benchmarks.load.speech import Utterance
from benchmarks.load.stream import Stream
from benchmarks.load.webhooks import Connect, Refused, Webhooks
from trunkline.sandbox.carrier import ACCOUNT_SID

MEDIA_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}

REPLY_LIMIT = 8.0
"""Seconds after which a reply has failed."""

CLEAR_LIMIT = 3.0
"""Seconds after which a barge-in has failed."""

DRY = 1.5
"""Seconds of silence after which a reply that is not whole has broken off."""

MISSING = 0.25
"""Seconds of a reply that resampling and cutting may swallow."""

LOOK = 0.02
"""Seconds between two looks at whether more has come."""

HANDSHAKE = 10.0
"""Seconds for a stream to be accepted."""


class LineLost(Exception):
    """The call is over, though nobody hung up."""


class Phone:
    """One call.

    Args:
        session: where sockets are opened.
        webhooks: of the subject that answers.
        seen: where what happens is told.
        clock: now, in seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        webhooks: Webhooks,
        seen: Observations,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.call_sid = f"CA{uuid4().hex}"
        self._session, self._webhooks, self._seen = session, webhooks, seen
        self._clock = clock
        self._ear = Ear(seen.see_gap)
        self._mouth = Mouth()
        self._changed = asyncio.Event()
        self._stream: Stream | None = None
        self._sound_at: float | None = None
        self._clear_at: float | None = None

    async def dial(self, greeting_s: float) -> None:
        """Call, and listen to a greeting of so many seconds; raises :class:`LineLost`."""
        try:
            self._connect = await self._webhooks.ring(self.call_sid)
            self._socket = await self._open(self._connect)
        except Refused as refused:
            self._seen.fail(str(refused))
            raise LineLost from refused
        self._stream = Stream(
            self._socket,
            self._start(self._connect),
            self._ear,
            self._mouth,
            heard=self._on_sound,
            cleared=self._on_clear,
            said=lambda _: self._changed.set(),
            warn=lambda what: self._seen.fail(f"carrier warns {what}"),
            clock=self._clock,
        )
        self._carrying = asyncio.create_task(self._stream.run())
        self._carrying.add_done_callback(lambda _: self._changed.set())
        if await self._sound("no greeting"):
            assert self._sound_at is not None
            self._seen.see_greeting(self._sound_at - self._stream.started)
            await self.listen(greeting_s)

    async def ask(self, utterance: Utterance) -> bool:
        """Say something into silence, and wait for the reply to begin; whether it did."""
        if self._ear.end > self._clock():
            self._seen.fail("a reply that nobody asked for")
            await self.listen(0)
        self._ear.next_reply()
        self._sound_at = None
        return await self._answered(await self._say(utterance))

    async def interrupt(self, utterance: Utterance) -> bool:
        """Speak into a reply: it is to be cleared, and something else said; whether it was."""
        self._clear_at = None
        spoken = await self._say(utterance)
        assert spoken.began is not None
        left = spoken.began + CLEAR_LIMIT - self._clock()
        if not await self._until(lambda: self._clear_at is not None, left):
            self._seen.fail(f"no clear in {CLEAR_LIMIT:g} s")
            return False
        assert self._clear_at is not None
        self._seen.see_barge_in(self._clear_at - spoken.began)
        return await self._answered(spoken)

    async def listen(self, seconds: float) -> None:
        """Listen to a reply of so many seconds until it has been played."""
        wanted = int((seconds - MISSING) * BYTES_PER_SECOND)
        while (left := self._ear.end - self._clock()) > 0 or self._ear.sent < wanted:
            if left <= -DRY:
                heard = "less than half" if self._ear.sent < wanted / 2 else "more than half"
                self._seen.fail(f"a reply broke off with {heard} of it heard")
                return
            await self.pause(max(left, LOOK))
        self._ear.next_reply()

    async def pause(self, seconds: float) -> None:
        """Do nothing; raises :class:`LineLost`."""
        await self._until(lambda: False, seconds)

    async def hang_up(self) -> None:
        """End the call, and tell the subject that it is over."""
        if self._stream is None:
            return
        await self._stream.stop()
        with suppress(aiohttp.ClientError, OSError):
            await self._carrying
        try:
            await self._webhooks.over(self.call_sid, self._connect)
        except Refused as refused:
            self._seen.fail(f"after the call: {refused}")

    async def _open(self, connect: Connect) -> Socket:
        try:
            async with asyncio.timeout(HANDSHAKE):
                headers = self._webhooks.handshake(connect.url)
                socket = await self._session.ws_connect(
                    connect.url, headers=headers, max_msg_size=0, decode_text=False
                )
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Refused(f"stream: {type(error).__name__}") from error
        assert isinstance(socket, Socket)
        return socket

    def _start(self, connect: Connect) -> dict[str, object]:
        return {
            "accountSid": ACCOUNT_SID,
            "streamSid": f"MZ{uuid4().hex}",
            "callSid": self.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": MEDIA_FORMAT,
            "customParameters": connect.parameters,
        }

    def _on_sound(self, now: float) -> None:
        self._sound_at = now
        self._changed.set()

    def _on_clear(self, now: float) -> None:
        self._clear_at, self._sound_at = now, None
        self._changed.set()

    async def _say(self, utterance: Utterance) -> Spoken:
        spoken = self._mouth.say(utterance)
        await self._until(lambda: spoken.over is not None, REPLY_LIMIT)
        return spoken

    async def _answered(self, spoken: Spoken) -> bool:
        """Wait for the reply to what was said; whether it came."""
        if not await self._sound(f"no reply in {REPLY_LIMIT:g} s"):
            return False
        assert self._sound_at is not None
        assert spoken.over is not None
        if self._sound_at < spoken.over:
            self._seen.fail("a reply before the caller had finished")
        else:
            self._seen.see_reply(self._sound_at - spoken.over)
        return True

    async def _sound(self, missing: str) -> bool:
        """Whether sound has come, or comes in time."""
        came = await self._until(lambda: self._sound_at is not None, REPLY_LIMIT)
        if not came:
            self._seen.fail(missing)
        return came

    async def _until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Whether something becomes true in so many seconds; raises :class:`LineLost`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                while not true():
                    if self._carrying.done():
                        self._seen.fail(self._lost())
                        raise LineLost
                    self._changed.clear()
                    await self._changed.wait()
        return true()

    def _lost(self) -> str:
        if not self._carrying.cancelled() and (error := self._carrying.exception()):
            return f"the stream broke: {type(error).__name__}"
        return f"the stream was closed with {self._socket.close_code}"
