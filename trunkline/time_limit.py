"""The longest that a call may last: a warning in good time, and its last words."""

import asyncio
from collections.abc import Awaitable, Callable

from processors.floor import Floor

MARGIN = 5.0
"""Seconds before the end after which a warning comes too late to be one."""

PATIENCE = 10.0
"""Seconds that the end waits for whoever is just speaking."""


async def keep_time(
    floor: Floor, limit: float, warn: float | None, warning: Callable[[], Awaitable[None]]
) -> None:
    """Return when a call is to end.

    Args:
        floor: tells when a word would be an interruption.
        limit: seconds from now.
        warn: seconds before the end at which the warning is due; None for no warning.
        warning: gives it; called when nobody speaks, or not at all if somebody always does.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    if warn is not None and 0 < warn < limit:
        await asyncio.sleep(limit - warn)
        if await floor.silence(max(0.0, warn - MARGIN)):
            await warning()
    await asyncio.sleep(end - loop.time())
    await floor.silence(PATIENCE)
