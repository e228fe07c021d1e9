"""A word to the caller while nobody understands what they say: it is kept, and heard later."""

import asyncio

from processors.floor import Floor
from trunkline.asides import Asides

AFTER = 2.0
"""Seconds of trouble before it."""

SILENCE = 1.2
"""Seconds of silence before it: a caller who goes on is not spoken to."""

AGAIN_AFTER = 6.0
"""Seconds of silence before it is said once more."""

RECENT = 5.0
"""Seconds before trouble was noticed in which the caller's words may have gone unheard already."""


class Deafness:
    """Says it in one call, if the caller has spoken since the trouble began, or right before.

    Args:
        text: what is said; empty for nothing.
        floor: tells who speaks.
        asides: says it.
    """

    def __init__(self, text: str, floor: Floor, asides: Asides) -> None:
        self._text = text
        self._floor = floor
        self._asides = asides
        self._since: float | None = None
        self._spoke_at = float("-inf")
        self._turns = 0
        self._is_owed = False
        self._has_said = False
        self._timer: asyncio.TimerHandle | None = None
        if text:
            floor.watch(self._look)

    def changed(self, in_trouble: bool) -> None:
        """What the caller says may be understood late; or not any more."""
        now = asyncio.get_running_loop().time()
        self._since = now if in_trouble else None
        self._has_said = False
        self._is_owed = in_trouble and now - self._spoke_at < RECENT and self._floor.turns == self._turns
        self._look()

    def _look(self) -> None:
        floor = self._floor
        if floor.caller_sounds:
            self._spoke_at, self._turns = asyncio.get_running_loop().time(), floor.turns
            self._is_owed = self._since is not None
        if self._since is None or not self._is_owed or floor.caller_sounds or floor.agent_speaks:
            self._stop()
        elif self._timer is None:
            now = asyncio.get_running_loop().time()
            due = now + AGAIN_AFTER if self._has_said else max(now + SILENCE, self._since + AFTER)
            self._timer = asyncio.get_running_loop().call_at(due, self._say)

    def _say(self) -> None:
        self._timer = None
        self._has_said = True
        self._floor.create_task(self._asides.say(self._text), "bridge")

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
