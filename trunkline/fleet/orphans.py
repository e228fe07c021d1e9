"""Calls whose worker has died: those that nobody has taken up are closed in the archive."""

import asyncio
from collections.abc import Iterable

from loguru import logger

from trunkline.fleet.roster import Roster
from trunkline.life import ABANDONED
from trunkline.switchboard import Archive

GRACE = 60.0
"""Seconds in which a call is taken up again, if it is. Twilio notices a lost stream at once, asks what is
next, waits 15 s for the answer, and asks once more.
"""


async def close_orphans(sids: Iterable[str], archive: Archive, roster: Roster) -> None:
    """Mark as abandoned, after a while, what has no outcome and no worker by then.

    Args:
        sids: the calls that a worker left behind.
        archive: keeps the calls; a better outcome that comes later replaces *abandoned* there.
        roster: knows who has a call.
    """
    left = list(sids)
    if not left:
        return
    await asyncio.sleep(GRACE)
    lost = [sid for sid in left if roster.owner(sid) is None and await archive.outcome(sid) is None]
    for sid in lost:
        archive.end(sid, ABANDONED)
    logger.info("{} of a lost worker's calls never came back", len(lost))
