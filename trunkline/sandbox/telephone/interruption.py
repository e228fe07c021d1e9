"""What cuts a running verb short: the end of the call, or another document."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from trunkline.sandbox.telephone.twiml import Inline
from trunkline.sandbox.telephone.webhooks import Ask

T = TypeVar("T")

Source = Inline | Ask
"""Where a call goes on: TwiML, or the request that gets some."""


class Interruption(Exception):
    """The verb does not go on."""


class CallOver(Interruption):
    """Somebody hung up."""


class Replaced(Interruption):
    """The call follows another document from now on."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.source = source


class Interruptions:
    """Waits that an interruption cuts short.

    The end of a call cuts every later wait short too; another document does until somebody follows it.
    """

    def __init__(self) -> None:
        self._over = asyncio.Event()
        self._replaced = asyncio.Event()
        self._source: Source | None = None

    def end(self) -> None:
        """The call is over. Nothing overtakes that."""
        self._over.set()

    def replace(self, source: Source) -> None:
        """The call follows another document from now on."""
        self._source = source
        self._replaced.set()

    def follow(self) -> None:
        """The other document is being followed."""
        self._replaced.clear()

    async def wait(self, work: Coroutine[Any, Any, T], *, to_the_end: bool = False) -> T:
        """The outcome of ``work``, which is cancelled by an interruption.

        Args:
            work: what is waited for.
            to_the_end: whether another document does not interrupt it.

        Raises:
            Interruption: one arrived first.
        """
        events = [self._over] if to_the_end else [self._over, self._replaced]
        if any(event.is_set() for event in events):
            work.close()
            raise self._interruption()
        task = asyncio.ensure_future(work)
        guards = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait({task, *guards}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise self._interruption()
        finally:
            for other in (task, *guards):
                other.cancel()
            await asyncio.gather(task, *guards, return_exceptions=True)

    def _interruption(self) -> Interruption:
        if self._over.is_set() or self._source is None:
            return CallOver()
        return Replaced(self._source)


async def undisturbed(future: asyncio.Future[T]) -> T:
    """The result of something that goes on when whoever waits for it is interrupted."""
    return await asyncio.shield(future)
