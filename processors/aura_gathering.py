"""What a voice pushes next, and when there is enough of it."""

import asyncio
from functools import cached_property

from processors import g711
from processors.lead import Lead
from processors.utterances import Follower, Speech, Utterances

LONGEST_FRAME = 500 * g711.BYTES_PER_MS
"""Bytes of audio in one frame at most."""


class AuraGathering:
    """Takes utterances in order. While the caller has sound to hear, audio gathers into longer frames.

    Args:
        utterances: what is to be heard.
    """

    def __init__(self, utterances: Utterances) -> None:
        self._utterances = utterances
        self._lead = Lead()
        self._stirred = asyncio.Event()

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()  # a system call, too dear for each piece of audio

    async def stirred(self) -> None:
        """Wait until there may be something to take."""
        await self._stirred.wait()
        self._stirred.clear()

    def stir(self) -> None:
        """There may be something to take."""
        self._stirred.set()

    def stir_if_due(self) -> None:
        """Sound came, or what makes a difference to it."""
        if not self._wait_if_held_back(self._least()):
            self._stirred.set()

    def take(self) -> Speech | Follower | None:
        """What comes next, unless there is time for more of it to come."""
        least = self._least()
        taken = self._utterances.take(LONGEST_FRAME, least)
        if taken is None:
            self._wait_if_held_back(least)
        return taken

    def handed_on(self, size: int) -> None:
        """So many bytes of audio are on their way to the caller."""
        self._lead.handed_on(size, self._loop.time())

    def cut(self) -> None:
        """The caller has nothing more to hear."""
        self._lead.cut()

    def _wait_if_held_back(self, least: int) -> bool:
        if not self._utterances.holds_back(least):
            return False
        if (wait := self._lead.wait(self._loop.time())) is not None:
            self._loop.call_later(wait, self._stirred.set)
        return True

    def _least(self) -> int:
        """Bytes that are to be pushed together, if more will come."""
        return min(self._lead.gather(self._loop.time()), LONGEST_FRAME)
