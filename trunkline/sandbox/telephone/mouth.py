"""What the caller says: utterances in real time, silence between them, cut into packets of 20 ms."""

import asyncio
from collections import deque

from processors.g711 import SILENCE
from trunkline.sandbox.telephone.playout import Playout
from trunkline.sandbox.telephone.tape import PACKET, Tape, Timeline


class Utterance(asyncio.Future[bool]):
    """Done when the utterance is over: true if all of it was said, false if it was cut off."""

    def __init__(self, timeline: Timeline, start: int) -> None:
        super().__init__()
        self._timeline = timeline
        self._start = start

    @property
    def begins_at(self) -> float:
        """Loop time of its first sample, up to a packet after it was asked for.

        Raises:
            RuntimeError: the call is not answered yet.
        """
        return self._timeline.time(self._start)


class Mouth:
    """Says one thing after the other, each beginning with a packet; waits for the call to be answered."""

    def __init__(self, timeline: Timeline, *, keep: bool = True) -> None:
        self._timeline = timeline
        self._playout = Playout(keep=keep)
        self._loop = asyncio.get_running_loop()
        self._utterances: deque[tuple[int, Utterance]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._spoken_until = 0
        self._closed = False

    @property
    def tape(self) -> Tape:
        """All that was said until now."""
        if not self._closed:
            self._playout.advance(self._now())
        return self._playout.tape

    @property
    def quiet_at(self) -> float:
        """Loop time at which the caller falls, or fell, silent; the answer's if nothing was ever said."""
        return self._timeline.time(self._spoken_until)

    def say(self, mulaw: bytes) -> Utterance:
        """Say ``mulaw`` when all before it is said."""
        now = self._now()
        if self._closed:
            over = Utterance(self._timeline, now)
            over.set_result(False)
            return over
        self._playout.advance(now)
        lead = SILENCE * (-self._playout.end % PACKET)
        utterance = Utterance(self._timeline, self._playout.end + len(lead))
        tail = SILENCE * (-len(mulaw) % PACKET)
        end = self._playout.queue(now, lead + mulaw + tail) - len(tail)
        self._spoken_until = end
        self._utterances.append((end, utterance))
        self.arm()
        return utterance

    def hush(self) -> None:
        """Stop in the middle of it, and say nothing that is still to be said."""
        now = self._now()
        self._playout.clear(now)
        self._spoken_until = min(self._spoken_until, now)
        self._finish(said=False)

    def packet(self, slot: int) -> bytes:
        """The 160 bytes of the ``slot``-th 20 ms of the call, which are over."""
        if not self._closed:
            self._playout.advance((slot + 1) * PACKET)
        return self._playout.tape.read(slot * PACKET, PACKET)

    def arm(self) -> None:
        """Wake up when the first utterance is over. Also to be called when the call is answered."""
        if self._timer is None and self._utterances and self._timeline.answered_at is not None:
            self._timer = self._loop.call_at(self._timeline.time(self._utterances[0][0]), self._first_is_over)

    def close(self) -> None:
        """The call is over."""
        self.hush()
        self._closed = True

    def _first_is_over(self) -> None:
        self._timer = None
        _, utterance = self._utterances.popleft()
        if not utterance.done():
            utterance.set_result(True)
        self.arm()

    def _finish(self, *, said: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._utterances:
            _, utterance = self._utterances.popleft()
            if not utterance.done():
                utterance.set_result(said)

    def _now(self) -> int:
        return self._timeline.sample(self._loop.time())
