"""When a process that carries calls looks for garbage.

Python looks through all objects it has whenever a quarter of them is new: with sixty calls that stops every
one of them for 190 ms, and finds nothing, because a call in progress leaves no garbage that reference counts
do not catch. Only a call that is over does: some 2,000 objects that refer to each other.
"""

import asyncio
import gc
from collections.abc import Callable

from trunkline.switchboard import Switchboard

YOUNG = 1000
"""New objects after which the newest are looked through: at most 1 ms."""

MIDDLE = 4
"""Looks at the newest after which those that survived are looked through: at most 4 ms."""

NEVER = 1_000_000

AT_ONCE = 10
"""Calls that may be over before a look at everything, beside as many as are in progress.

A look takes 1 ms for each call in progress, so a call that ends costs the others a millisecond or two.
"""


LATER = 0.5
"""Seconds until all tasks of a call that is over have ended."""


class Garbage:
    """Looks through everything when enough calls are over, or none is left.

    Args:
        collect: does it.
    """

    def __init__(self, collect: Callable[[], object] = gc.collect) -> None:
        self._collect = collect
        self._over = 0

    def call_over(self, live: int) -> None:
        """A call is over, and so many are in progress."""
        self._over += 1
        if live == 0 or self._over >= AT_ONCE + live:
            self._over = 0
            # Later: now, the call that is over is still held by whoever tells us.
            asyncio.get_running_loop().call_later(LATER, self._collect)


def settle(switchboard: Switchboard) -> None:
    """All is loaded: what is there now stays, and only calls that are over leave anything to look for."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    switchboard.on_over = Garbage().call_over
