"""Admission: whether this process takes another call, and what becomes of one that it does not take.

Limits are a number of calls or a measured one, the vendors' quotas, and those of the line. Nobody overtakes
those who wait: a place that one of them could have is not given to who came later.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from loguru import logger

from trunkline.headroom import Headroom
from trunkline.line import Line
from trunkline.overflow import Busy, LastAnswer, Queue, Reason, SayAndHangUp
from trunkline.pulse import Pulse, Reading
from trunkline.quotas import NO_STREAMS, UNLIMITED, Quota, Streams
from trunkline.waiting import WaitingRoom

Limit: TypeAlias = int | Literal["auto"] | None
"""Calls at once; ``auto`` to measure, None for no limit."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The call is not taken, and this is the last that its caller hears of us."""

    reason: Reason
    answer: LastAnswer


@dataclass(frozen=True, slots=True)
class Waits:
    """The caller hears some words, perhaps none, and is asked for again."""

    reason: Reason
    words: str
    queue: Queue


class Admission:
    """Decides for one process, and counts its calls.

    Args:
        limit: calls at once.
        quota: streams of Deepgram at once.
        needs: the streams that a call takes, by the number of its line.
    """

    def __init__(
        self,
        limit: Limit = None,
        *,
        quota: Quota = UNLIMITED,
        needs: Mapping[str, Streams] = MappingProxyType({}),
    ) -> None:
        self.waiting = WaitingRoom()
        self.headroom = Headroom() if limit == "auto" else None
        """What is measured, if the limit is."""
        self._limit = limit
        self._quota = quota
        self._needs = needs
        self._taken: dict[str, Line] = {}
        self._loop = asyncio.get_running_loop()
        self._pulse = Pulse(self._beat)
        self._readers: list[Callable[[Reading], None]] = []
        self._measures = self.headroom is not None
        self._started = False

    def start(self) -> None:
        """Begin to measure, if there is anything to."""
        self._started = True
        if self._measures:
            self._pulse.start()

    def stop(self) -> None:
        self._started = False
        self._pulse.stop()

    def measure(self, reader: Callable[[Reading], None]) -> None:
        """Measure for somebody else as well, from now on; whether it is needed here or not."""
        self._readers.append(reader)
        if self._started and not self._measures:
            self._pulse.start()
        self._measures = True

    @property
    def limit(self) -> int | None:
        """Calls at once; an estimate if it is measured, None if there is no limit."""
        if self.headroom is not None:
            return self.headroom.limit(self._loop.time(), len(self._taken))
        return self._limit if isinstance(self._limit, int) else None

    def full(self, lines: Iterable[Line]) -> Reason | None:
        """Why none of these lines takes another call; None if one does."""
        self.waiting.sweep(self._loop.time())
        reasons = [self._reason(line, self.waiting.ahead("")) for line in lines]
        return None if None in reasons or not reasons else reasons[0]

    def ask(self, sid: str, line: Line, *, answered: bool, closing: bool = False) -> Refused | Waits | None:
        """Whether a call may be taken: None if it may, or is here already, else what its caller hears.

        Args:
            sid: the call; it may have asked before.
            line: the line that is to answer.
            answered: whether the caller has heard us already: too late for a busy signal.
            closing: whether no more calls are taken at all.
        """
        if sid in self._taken:
            return None
        self.waiting.sweep(self._loop.time())
        reason = Reason.CLOSING if closing else self._reason(line, self.waiting.ahead(sid))
        if reason is None:
            return None
        if not closing and isinstance(line.when_full, Queue):
            return self._wait(sid, line, line.when_full, reason)
        return self._refuse(sid, line, reason, answered=answered)

    def take(self, sid: str, line: Line) -> None:
        """A call is here, whether it was asked for or is resumed."""
        self.waiting.leave(sid)
        self._taken[sid] = line
        if self.headroom is not None:
            self.headroom.took(self._loop.time())

    def leave(self, sid: str) -> None:
        """A call is over."""
        self._taken.pop(sid, None)

    def spare(self, kind: Literal["listen", "speak"]) -> int | None:
        """Streams that are left of a quota once all calls have theirs; None if there is no quota."""
        most = self._quota.stt if kind == "listen" else self._quota.tts
        if most is None:
            return None
        used = self._used(self._load())
        return max(0, most - (used.stt if kind == "listen" else used.tts))

    def stop_waiting(self, sid: str) -> None:
        """A caller has hung up, perhaps while waiting."""
        self.waiting.leave(sid)

    # Whether there is room.

    def _reason(self, line: Line, ahead: Iterable[Line]) -> Reason | None:
        """Why there is no place for a call once those ahead of it have theirs; who has to wait takes none."""
        load = self._load()
        for earlier in ahead:
            if self._lacks(load, earlier) is None:
                load[earlier.number] += 1
        return self._lacks(load, line)

    def _lacks(self, load: Counter[str], line: Line) -> Reason | None:
        return self._over_limit(load, line) or self._over_quota(load, line) or self._strained(load)

    def _over_limit(self, load: Counter[str], line: Line) -> Reason | None:
        if isinstance(self._limit, int) and load.total() >= self._limit:
            return Reason.LIMIT
        if line.max_calls is not None and load[line.number] >= line.max_calls:
            return Reason.LINE
        return None

    def _over_quota(self, load: Counter[str], line: Line) -> Reason | None:
        need = self._needs.get(line.number, NO_STREAMS)
        if (what := self._quota.lacks(self._used(load), need)) is not None:
            return Reason(f"{what}-streams")
        own = Quota(line.stt_streams, line.tts_streams)
        if (what := own.lacks(self._streams(load, line.number), need)) is not None:
            return Reason(f"line-{what}-streams")
        return None

    def _load(self) -> Counter[str]:
        """Calls by the number of their line."""
        return Counter(taken.number for taken in self._taken.values())

    def _used(self, load: Counter[str]) -> Streams:
        return sum((self._streams(load, number) for number in load), NO_STREAMS)

    def _streams(self, load: Counter[str], number: str) -> Streams:
        return self._needs.get(number, NO_STREAMS) * load[number]

    def _strained(self, load: Counter[str]) -> Reason | None:
        if self.headroom is None:
            return None
        calls = len(self._taken)
        return self.headroom.refuses(self._loop.time(), calls, reserved=load.total() - calls)

    # What becomes of who is not taken.

    def _wait(self, sid: str, line: Line, queue: Queue, reason: Reason) -> Refused | Waits:
        now = self._loop.time()
        waiter = self.waiting.find(sid)
        if waiter is None:
            if self.waiting.place(sid, line) > queue.most:
                return self._refuse(sid, line, reason, answered=False)
            logger.info("call {} has to wait: {}", sid, reason)
            waiter = self.waiting.join(sid, line, now)
        elif now - waiter.since >= queue.longest_wait:
            return self._refuse(sid, line, reason, answered=True)
        return Waits(reason, self.waiting.tell(waiter, queue, now), queue)

    def _refuse(self, sid: str, line: Line, reason: Reason, *, answered: bool) -> Refused:
        self.waiting.leave(sid)
        logger.warning("call {} is refused with {} calls here: {}", sid, len(self._taken), reason)
        answer = line.when_full.then if isinstance(line.when_full, Queue) else line.when_full
        if isinstance(answer, Busy) and answered:
            return Refused(reason, SayAndHangUp())
        return Refused(reason, answer)

    def _beat(self, reading: Reading) -> None:
        for reader in self._readers:
            reader(reading)
        if self.headroom is None:
            return
        before = self.headroom.shut
        self.headroom.beat(reading, self._loop.time(), len(self._taken))
        if self.headroom.shut is not before:
            logger.info(
                "{} calls: {} ({:.0%} of a core, {:.0f} ms late, {:.1%} of a core a call)",
                len(self._taken),
                f"no room, {self.headroom.shut}" if self.headroom.shut else "room again",
                reading.cpu,
                1000 * reading.lag,
                self.headroom.cost,
            )
