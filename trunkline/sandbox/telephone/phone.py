"""One phone call, as the person at the far end lives it: says, hears, presses keys, hangs up."""

import asyncio
from typing import TypeVar, overload

from trunkline.sandbox.telephone.call_log import PATIENCE, NotSeen, Predicate
from trunkline.sandbox.telephone.exchange import Exchange
from trunkline.sandbox.telephone.faults import Faults
from trunkline.sandbox.telephone.live_call import LiveCall
from trunkline.sandbox.telephone.mouth import Utterance
from trunkline.sandbox.telephone.records import DigitPressed, Record
from trunkline.sandbox.telephone.resource import CallResource
from trunkline.sandbox.telephone.status import StatusCallback

R = TypeVar("R", bound=Record)

KEY = 0.1
"""Seconds from one key to the next."""

PAUSE = 0.5
"""Seconds of a ``w`` among keys (Twilio: TwiML Play, digits)."""


class Phone(LiveCall):
    """The person's side of a call. Made by the carrier."""

    def __init__(
        self, exchange: Exchange, call: CallResource, status: StatusCallback | None, faults: Faults
    ) -> None:
        super().__init__(exchange, call, status, faults)
        self.company: set[Phone] = set()
        """Who is connected with this call: they hear what is said here."""
        self._recording_from: int | None = None
        exchange.add(self)

    def say(self, mulaw: bytes) -> Utterance:
        """Say this when all before it has been said; await the result to know that it has been.

        It begins with a 20 ms packet and ends filled up to one, so blocks of 160 bytes travel unbroken.
        """
        for other in self.company:
            other.handset.ear.queue(other.handset.now, mulaw)
        return self.handset.mouth.say(mulaw)

    def hush(self) -> None:
        """Stop talking."""
        self.handset.mouth.hush()

    async def press(self, keys: str) -> None:
        """Press keys one after the other; ``w`` waits for half a second."""
        for key in keys:
            if key in "wW":
                await asyncio.sleep(PAUSE)
                continue
            self.log.add(DigitPressed(at=self._loop.time(), digit=key))
            self.press_key(key)
            for stream in self.streams:
                await stream.press(key)
            await asyncio.sleep(KEY)

    async def hang_up(self) -> None:
        """Hang up, or stop ringing; :meth:`ended` returns when all that follows from it has happened."""
        refusal = "no-answer" if self.call.direction == "inbound" else "busy"
        self.over("completed" if self.is_answered.is_set() else refusal)
        await asyncio.sleep(0)

    def record(self) -> None:
        """As an answering machine, record what is heard from now on."""
        self._recording_from = self.handset.now

    @property
    def recorded(self) -> bytes:
        """Mu-law of the message that the machine has recorded; empty before its beep."""
        return b"" if self._recording_from is None else self.heard_since(self._recording_from)

    async def inject(self, raw: str | bytes, *, text: bool | None = None) -> None:
        """Send anything on the media socket: a str as text, bytes as binary, or as ``text`` says."""
        await self.streams[-1].inject(raw, text=isinstance(raw, str) if text is None else text)

    def break_stream(self) -> None:
        """Reset the media socket's connection, without ``stop`` or close."""
        self.streams[-1].break_off()

    # What is known of the call.

    @property
    def status(self) -> str:
        return self.call.status

    @property
    def answered_at(self) -> float:
        """Loop time at which call time began.

        Raises:
            RuntimeError: the call is not answered.
        """
        return self.handset.timeline.time(0)

    @property
    def heard(self) -> bytes:
        """Mu-law of all that was heard until now, sample by sample since the answer; 0xFF where silent."""
        return self.handset.heard

    def heard_since(self, sample: int) -> bytes:
        """Mu-law of what was heard from a sample of call time on until now, for who listens along."""
        return self.handset.heard_since(sample)

    @property
    def said(self) -> bytes:
        """Mu-law of all that was said until now; runs beside :attr:`heard` and is as long."""
        return self.handset.said

    async def answered(self, timeout: float = PATIENCE) -> None:
        """Return when the call has been picked up.

        Raises:
            NotSeen: it ended first, or nothing happened in time.
        """
        answered, over = (asyncio.ensure_future(e.wait()) for e in (self.is_answered, self.is_over))
        await asyncio.wait({answered, over}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        answered.cancel()
        over.cancel()
        if not self.is_answered.is_set():
            raise NotSeen(f"the call is {self.status}, not answered:\n{self.log!r}")

    async def ended(self, timeout: float = PATIENCE) -> None:
        """Return when the call is over and the carrier has asked and told all that follows from it.

        Raises:
            NotSeen: it is not over in time.
        """
        try:
            async with asyncio.timeout(timeout):
                await self.is_over.wait()
                while self.tasks:
                    await asyncio.wait(self.tasks)
        except TimeoutError:
            raise NotSeen(f"the call is {self.status} after {timeout:g} s:\n{self.log!r}") from None

    @overload
    async def until(self, wanted: type[R], *, since: int = 0, timeout: float = PATIENCE) -> R: ...
    @overload
    async def until(self, wanted: Predicate, *, since: int = 0, timeout: float = PATIENCE) -> Record: ...

    async def until(
        self, wanted: type[Record] | Predicate, *, since: int = 0, timeout: float = PATIENCE
    ) -> Record:
        """The first record of the log that is wanted; see :meth:`CallLog.until`."""
        if isinstance(wanted, type):
            return await self.log.until(wanted, since=since, timeout=timeout)
        return await self.log.until(wanted, since=since, timeout=timeout)
