"""What came of a transfer when the carrier tells of nothing but the end of the caller's call.

As a rule it asks what is next when a dial has ended, and says there whether somebody took the call. That
request may be lost, or may never be made.
"""

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from loguru import logger

from trunkline.errors import CarrierError, SettingsError
from trunkline.life import CALLER_HUNG_UP, TRANSFERRED, Outcome
from trunkline.transfers.destinations import QueueNamed, Room
from trunkline.transfers.transferring import CARRIER_API

if TYPE_CHECKING:
    from trunkline.vendors import Vendors

GRACE = 5.0
"""Seconds in which the carrier also asks what is next: its requests come in any order, and its lists late."""

UNKNOWN = "nobody knows whether the call was taken"


class Settling:
    """Of the transfers of one process.

    Args:
        vendors: the carrier is one.
        outcome: of a call, as far as it is known.
        settle: keeps a better one.
    """

    def __init__(
        self,
        vendors: "Vendors",
        outcome: Callable[[str], Awaitable[Outcome | None]],
        settle: Callable[[str, Outcome], None],
    ) -> None:
        self._vendors = vendors
        self._outcome = outcome
        self._settle = settle
        self._let_in: set[str] = set()
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()

    def let_in(self, sid: str) -> None:
        """The carrier was told to connect the caller to a human who waits in a room."""
        self._let_in.add(sid)

    def forget(self, sid: str) -> None:
        """The conversation goes on, or it is known what came of the transfer."""
        self._let_in.discard(sid)

    def over(self, sid: str) -> None:
        """The call of somebody who was put through has ended; once, however often this is told."""
        if sid not in self._waiting:
            task = asyncio.get_running_loop().create_task(self._find_out(sid), name="transfer")
            self._waiting[sid] = task
            task.add_done_callback(lambda _: self._waiting.pop(sid, None))

    async def close(self) -> None:
        """Settle what waits, now."""
        self._closing.set()
        if self._waiting:
            await asyncio.wait(list(self._waiting.values()))

    async def _find_out(self, sid: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._closing.wait()
        outcome = await self._outcome(sid)
        if outcome is None or outcome.then is None:
            return
        to = outcome.then.to
        took = sid in self._let_in if isinstance(to, Room) else await self._was_taken(sid, to)
        if took:
            self._settle(sid, Outcome(TRANSFERRED, outcome.reason))
        else:
            reason = outcome.reason if took is not None else f"{outcome.reason}; {UNKNOWN}"
            self._settle(sid, Outcome(CALLER_HUNG_UP.kind, reason))

    async def _was_taken(self, sid: str, to: object) -> bool | None:
        """Whether a call that was dialled from this one was answered; None if nobody can say."""
        if isinstance(to, QueueNamed):
            return None  # who serves a queue calls it; nothing is dialled from here
        if CARRIER_API not in sys.modules:  # takes half a second, in which calls would not be heard
            await asyncio.to_thread(importlib.import_module, CARRIER_API)
        try:
            return await self._vendors.carrier.was_taken(sid)
        except (CarrierError, SettingsError) as error:
            logger.warning("call {}: it is not known what came of its transfer: {}", sid, error)
            return None
