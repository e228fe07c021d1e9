"""Both ends of the caller's line, mouth and ear, on one clock."""

import asyncio
from collections.abc import Iterator

from trunkline.sandbox.telephone.mouth import Mouth
from trunkline.sandbox.telephone.playout import Playout
from trunkline.sandbox.telephone.tape import PACKET, Timeline


class Handset:
    """What the caller says and hears, in samples of call time. Silent until the call is answered."""

    def __init__(self, *, keep: bool = True) -> None:
        self._loop = asyncio.get_running_loop()
        self._closed_at: int | None = None
        self.timeline = Timeline()
        self.ear = Playout(keep=keep)
        self.mouth = Mouth(self.timeline, keep=keep)

    def answer(self) -> None:
        """Call time begins now."""
        self.timeline.answered_at = self._loop.time()
        self.mouth.arm()

    def close(self) -> None:
        """The call is over: nothing more is said or heard."""
        now = self.now
        self.mouth.close()
        self.ear.advance(now)
        self._closed_at = now

    @property
    def now(self) -> int:
        """The sample that is being heard; it stands still once the call is over."""
        if self._closed_at is not None:
            return self._closed_at
        return self.timeline.sample(self._loop.time())

    @property
    def heard(self) -> bytes:
        """Mu-law of all the caller heard until now."""
        self.ear.advance(self.now)
        return self.ear.tape.whole

    @property
    def said(self) -> bytes:
        """Mu-law of all the caller said until now; as long as :attr:`heard`."""
        return self.mouth.tape.whole

    def heard_since(self, sample: int) -> bytes:
        """What was heard from a sample on until now, without copying all that came before."""
        self.ear.advance(self.now)
        return self.ear.tape.read(sample, max(self.now - sample, 0))

    def slots(self) -> Iterator[tuple[int, float]]:
        """The whole 20 ms of the call from now on, and the loop times at which they are over."""
        slot = -(-self.now // PACKET)
        while True:
            yield slot, self.timeline.time((slot + 1) * PACKET)
            slot += 1

    async def play(self, mulaw: bytes) -> None:
        """Return when the caller has heard ``mulaw`` after all that was queued; cut off if cancelled."""
        owner = object()
        end = self.ear.queue(self.now, mulaw, owner)
        try:
            await self.until(end)
        except asyncio.CancelledError:
            self.ear.clear(self.now, owner)
            raise

    async def until(self, sample: int) -> None:
        """Return when the sample is heard."""
        await asyncio.sleep(self.timeline.time(sample) - self._loop.time())
