"""The end of a server that is not the end of its calls: they finish, or go on in another process."""

import asyncio
from collections.abc import Awaitable, Callable

from trunkline.session import Session
from trunkline.switchboard import Switchboard


class Drain:
    """Lets the calls of a switchboard finish; whoever asks for a line meanwhile hears that it is full.

    Args:
        board: its calls.
        release: called with the SID of a call that another process is to go on with, before Twilio can ask
            what comes next; returns when all that the other one needs can be read.
    """

    def __init__(self, board: Switchboard, release: Callable[[str], Awaitable[None]]) -> None:
        self._board = board
        self._release = release
        self._loop = asyncio.get_running_loop()

    async def run(self, hurry: asyncio.Event) -> int:
        """Return when no call is left here.

        A call that takes longer than its line allows is handed over, and so are all from the moment that
        ``hurry`` is set.

        Returns:
            How many calls were handed over.
        """
        self._board.closing = True
        began, handed_over = self._loop.time(), 0
        while sessions := list(self._board.calls.values()):
            finishing = (self._finish(session, began, hurry) for session in sessions)
            handed_over += sum(await asyncio.gather(*finishing))
        return handed_over

    async def _finish(self, session: Session, began: float, hurry: asyncio.Event) -> bool:
        """Whether the call had to be handed over."""
        over = asyncio.ensure_future(session.over())
        hurried = asyncio.ensure_future(hurry.wait())
        left = began + session.line.drain_seconds - self._loop.time()
        try:
            await asyncio.wait({over, hurried}, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                return False
            handed_over = await session.hand_over(self._release)
            await over
            return handed_over
        finally:
            hurried.cancel()
            over.cancel()
            await asyncio.gather(hurried, over, return_exceptions=True)
