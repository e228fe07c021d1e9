"""Fillers: a word to the caller when a tool takes long."""

import asyncio
from collections.abc import Mapping, Sequence

from processors.floor import Floor
from trunkline.asides import Asides

AGAIN_AFTER = 6.0
"""Seconds of silence after a filler before the next one."""


class Fillers:
    """Says them in one call, never while somebody speaks, and each text once while one tool runs.

    A tool that began before the caller's last turn is nobody's to wait for, so it has none.

    Args:
        texts: said in turn; what is slow once more gets the text after the last one.
        after: seconds of silence before the first.
        own: of some tools, by name, their own first filler; an empty one for silence.
        floor: tells who speaks and which tools run.
        asides: says them.
    """

    def __init__(
        self, texts: Sequence[str], after: float, own: Mapping[str, str], floor: Floor, asides: Asides
    ) -> None:
        self._texts = texts
        self._after = after
        self._own = own
        self._floor = floor
        self._asides = asides
        self._said = 0
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None
        if texts or any(own.values()):
            floor.watch(self._look)

    def _look(self) -> None:
        floor = self._floor
        if not floor.tools:
            self._said = 0
        if not floor.tools or not floor.is_quiet or floor.is_claimed:
            self._wait_no_more()
        elif self._timer is None and (text := self._text()):
            seconds = AGAIN_AFTER if self._said else self._after
            self._timer = asyncio.get_running_loop().call_later(seconds, self._say, text)

    def _text(self) -> str | None:
        """What is to be said next, if anything."""
        own = [self._own[name] for name in self._floor.tools.values() if name in self._own]
        if own and not self._said:
            return own[0]
        if "" in own or self._said >= len(self._texts) + bool(own):
            return None
        return self._texts[self._next % len(self._texts)]

    def _say(self, text: str) -> None:
        self._timer = None
        self._said += 1
        self._next += text in self._texts
        self._floor.create_task(self._asides.say(text), "filler")

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
