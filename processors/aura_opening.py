"""How a socket to Aura is opened: the one that was opened ahead of the call first, then others like it."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from processors.deepgram import Deepgram, Socket
from processors.errors import VendorError
from processors.frames import RATE


def aura_options(voice: str, speed: float | None = None) -> dict[str, Any]:
    """The options of a socket for a phone line; who opens one ahead of the call takes the same."""
    options = {"model": voice, "encoding": "mulaw", "sample_rate": str(RATE)}
    return options if speed is None else options | {"speed": speed}


class AuraOpening:
    """Opens one socket after the other.

    Args:
        deepgram: opens them.
        options: of each, see :func:`aura_options`.
        warmed: one that is being opened already.
    """

    def __init__(
        self, deepgram: Deepgram, options: dict[str, Any], warmed: Awaitable[Socket] | None = None
    ) -> None:
        self._deepgram = deepgram
        self._options = options
        self._warmed = warmed

    async def open(self) -> Socket:
        """An open socket.

        Raises:
            VendorError: there is none to be had now.
        """
        warmed, self._warmed = self._warmed, None
        if warmed is not None and (socket := await _taken(warmed)) is not None:
            return socket
        return await self._deepgram.speak(self._options)

    async def discard(self) -> None:
        """Close the socket that was opened ahead, if nobody took it."""
        warmed, self._warmed = self._warmed, None
        if warmed is not None:
            await _discard(warmed)


async def _taken(warmed: Awaitable[Socket]) -> Socket | None:
    """The socket, unless its opening was given up or failed in a way that may not happen again."""
    try:
        socket = await warmed
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or not task.cancelling():
            return None
        await _discard(warmed)
        raise
    except VendorError as error:
        if error.permanent:
            raise
        return None
    if socket.is_open:
        return socket
    await socket.close()
    return None


async def _discard(warmed: Awaitable[Socket]) -> None:
    task = asyncio.ensure_future(warmed)
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and task.exception() is None:
        await task.result().close()
