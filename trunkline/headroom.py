"""The measured limit: whether a process that answers calls has room for one more.

A call that was just taken costs little yet, so what is measured now says too little about a minute from now.
A new call is therefore taken if the *demand* with it is no more than :data:`CPU_MOST`, in cores::

    demand = max(cpu + now x arriving, learned x calls) + now x (reserved + 1)

    cpu        cores that the process used over the last seconds (:mod:`trunkline.pulse`)
    learned    cores a call: a prior at first, then what calls have cost in the last half minute or so
    now        cores a call: the learned ones, or more if calls cost more just now
    arriving   calls that are younger than RAMP seconds, each by the part of them that is still before it
    calls      all calls: a moment in which everybody is silent makes no room
    reserved   calls that have been promised a place before this one

and if the event loop is no more than :data:`LAG_MOST` seconds late (95th percentile). So a burst from idle is
bounded by the prior: 0.8 / 0.01 = 80 calls, however many ask within a second, and however little they cost
by then. Once shut, it opens again only at :data:`CPU_REOPEN` and :data:`LAG_REOPEN`. The first few calls are
taken whatever is measured: it can only be somebody else's doing.
"""

from collections import deque

from trunkline.overflow import Reason
from trunkline.pulse import BEAT, BEATS, Reading

CPU_MOST, CPU_REOPEN = 0.80, 0.75
"""Cores."""

LAG_MOST, LAG_REOPEN = 0.020, 0.015
"""Seconds; a packet of sound is 0.020."""

RAMP = 10.0
"""Seconds until a call costs what it will: greeted, heard out, answered."""

ALWAYS = 4
"""Calls."""

PRIOR = 0.01
"""Cores a call, before anything was learned."""

LEAST_COST, MOST_COST = PRIOR / 4, PRIOR * 10

LEARN_FROM = 4
"""Calls; fewer say more about the process than about calls."""

FRESH_MOST = 0.25
"""Share of arriving calls up to which it is learned that calls are cheap: these have hardly begun."""

LEARN_OVER = 30.0
"""Seconds: the time constant with which the learned cost follows the measured one."""


class Headroom:
    """What is known of the process's load. Takes the time of the event loop's clock, in seconds."""

    def __init__(self) -> None:
        self.cost = PRIOR
        """Cores a call."""
        self.reading = Reading()
        self.shut: Reason | None = None
        """Why the last beat found no room."""
        self._taken: deque[float] = deque()
        # As long as a reading looks back: so CPU is divided among the very calls that it was used for.
        self._calls = deque([0] * BEATS, BEATS)

    def took(self, now: float) -> None:
        """A call was taken."""
        self._taken.append(now)

    def beat(self, reading: Reading, now: float, calls: int) -> None:
        """Take note of a reading, with so many calls."""
        self.reading = reading
        while self._taken and now - self._taken[0] >= RAMP:
            self._taken.popleft()
        self._calls.append(calls)
        self._learn()
        self.shut = self.refuses(now, calls)

    def refuses(self, now: float, calls: int, reserved: int = 0) -> Reason | None:
        """Why there is no room for a call more; None if there is."""
        if calls + reserved < ALWAYS:
            return None
        if self.reading.lag > (LAG_REOPEN if self.shut is Reason.LAG else LAG_MOST):
            return Reason.LAG
        most = CPU_REOPEN if self.shut is Reason.CPU else CPU_MOST
        return Reason.CPU if self._demand(now, calls, reserved + 1) > most else None

    def limit(self, now: float, calls: int) -> int:
        """How many calls there would be if as many came as there is room for."""
        if self.refuses(now, calls) is not None:
            return calls
        free = CPU_MOST - self._demand(now, calls, 0)
        return max(calls + int(free / self._cost_now() + 1e-9), ALWAYS)

    def _demand(self, now: float, calls: int, more: float) -> float:
        arriving = sum(1 - (now - taken) / RAMP for taken in self._taken if now - taken < RAMP)
        cost = self._cost_now()
        return max(self.reading.cpu + cost * arriving, self.cost * calls) + cost * more

    def _cost_now(self) -> float:
        """Dearer calls than the ones that were learned from are believed at once, cheaper ones in time."""
        return max(self.cost, self._seen() or 0.0)

    def _seen(self) -> float | None:
        """Cores a call over the last seconds, if there were enough of them."""
        calls = sum(self._calls) / BEATS
        return min(self.reading.cpu / calls, MOST_COST) if calls >= LEARN_FROM else None

    def _learn(self) -> None:
        seen, fresh = self._seen(), len(self._taken)
        if seen is not None and (seen > self.cost or fresh <= FRESH_MOST * self._calls[-1]):
            cost = self.cost + (seen - self.cost) * BEAT / LEARN_OVER
            self.cost = max(cost, LEAST_COST)
