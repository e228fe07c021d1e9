"""Calls that an earlier life of this process has left on hold: it starts, and has the carrier ask for them.

A process that is alone has nobody to take its calls when it dies. Their callers hear the number's fallback
document, which holds them for a while (:mod:`trunkline.server.standalone`).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
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


async def left_in(archive: Archive) -> Sequence[Left]:
    """Calls that have not ended; none if the archive does not say."""
    try:
        return await archive.left()
    except SQLAlchemyError as error:
        logger.warning("calls of an earlier process are not looked for: {}", type(error).__name__)
        return ()


@asynccontextmanager
async def fetching(
    left: Iterable[Left],
    vendors: Vendors,
    lines: Collection[str],
    origin: str,
    end: Callable[[str, Outcome], None],
) -> AsyncIterator[None]:
    """Meanwhile, have the carrier ask what is next for those that were ours.

    Args:
        left: calls that had not ended when this process started.
        vendors: what the calls of this process share.
        lines: that are served, by name.
        origin: under which the carrier reaches us; empty if nobody knows.
        end: told of those whose callers have hung up.
    """
    now, turn = time.time(), asyncio.Semaphore(AT_ONCE)
    orphans = [call.sid for call in left if _is_orphan(call, vendors.place, lines, now)]
    if orphans:
        logger.info("{} calls were left by an earlier process; the carrier is to ask for them", len(orphans))

    async def fetch(sid: str) -> None:
        async with turn:
            told = await tell(Facts(sid=sid, caller="", called="", origin=origin), vendors)
        if told is Told.GONE:
            end(sid, CALLER_HUNG_UP)

    tasks = [asyncio.create_task(fetch(sid), name="orphan") for sid in orphans]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_orphan(left: Left, place: str, lines: Collection[str], now: float) -> bool:
    """Whether its process was this one before it started, and its caller still holds."""
    is_ours = bool(place) and left.state.get("place") == place and left.line in lines
    return is_ours and 0 <= now - float(left.state.get("written_at", 0)) < HOLD
