"""Calls that an earlier life of this process has left on hold: it starts, and has the carrier ask for them.

A process that is alone has nobody to take its calls when it dies. Their callers hear the number's fallback
document, which holds them for a while (:mod:`trunkline.server.standalone`).
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Protocol

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from trunkline.life import CALLER_HUNG_UP, Outcome
from trunkline.records import Facts
from trunkline.resuming.fetch_back import Told, tell
from trunkline.resuming.resumption import Left
from trunkline.server.standalone import HOLD
from trunkline.vendors import Vendors

AT_ONCE = 10
"""Orders to the carrier at a time."""


class Archive(Protocol):
    """Where calls are kept."""

    async def left(self) -> Sequence[Left]:
        """Calls that have not ended."""

    def end(self, sid: str, outcome: Outcome) -> None:
        """A call has ended."""


async def fetch_orphans(archive: Archive, vendors: Vendors, lines: Collection[str], origin: str) -> int:
    """Have the carrier ask what is next for each of them; returns for how many it does.

    Args:
        archive: where calls are kept.
        vendors: what the calls of this process share.
        lines: that are served, by name.
        origin: under which the carrier reaches us; empty if nobody knows.
    """
    try:
        left = await archive.left()
    except SQLAlchemyError as error:
        logger.warning("calls of an earlier process are not looked for: {}", type(error).__name__)
        return 0
    now = time.time()
    orphans = [call.sid for call in left if _is_orphan(call, vendors.place, lines, now)]
    if not orphans:
        return 0
    logger.info("{} calls were left by an earlier process; the carrier is told to ask for them", len(orphans))
    turn = asyncio.Semaphore(AT_ONCE)

    async def fetch(sid: str) -> bool:
        async with turn:
            told = await tell(Facts(sid=sid, caller="", called="", origin=origin), vendors)
        if told is Told.GONE:
            archive.end(sid, CALLER_HUNG_UP)
        return told is Told.DONE

    return sum(await asyncio.gather(*map(fetch, orphans)))


def _is_orphan(left: Left, place: str, lines: Collection[str], now: float) -> bool:
    """Whether its process was this one before it started, and its caller still holds."""
    is_ours = bool(place) and left.state.get("place") == place and left.line in lines
    return is_ours and 0 <= now - float(left.state.get("written_at", 0)) < HOLD
