"""Deletes what lines keep no longer: at the start of a server, and once a day."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from trunkline.calls.purge import BATCH, Doomed, Purge, Wanted, without_recording
from trunkline.campaigns.purge import ContactPurge
from trunkline.line import Line

DAY = 86_400.0
"""Seconds."""


class Retention:
    """Of the lines of a server. One of its processes is enough; several do no harm.

    Args:
        purge: of the call store.
        contacts: those of campaigns in it.
        lines: those whose :attr:`~trunkline.redaction.privacy.Privacy.keep_days` counts.
        recordings: the folder of recordings.
        now: the wall clock.
    """

    def __init__(
        self,
        purge: Purge,
        contacts: ContactPurge,
        lines: Iterable[Line],
        recordings: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._purge = purge
        self._contacts = contacts
        self._days = {line.name: line.privacy.keep_days for line in lines if line.privacy.keep_days}
        self._recordings = recordings
        self._now = now
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, if there is anything to do."""
        if self._days:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="retention")

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def once(self) -> int:
        """Delete what is due now; returns of how many calls."""
        done = people = 0
        for line, days in self._days.items():
            wanted = Wanted(before=self._now() - timedelta(days=days), line=line)
            due = await self._purge.matching(wanted)
            for start in range(0, len(due), BATCH):
                done += await purged(self._purge, due[start : start + BATCH], self._recordings)
            await self._purge.purge_dials(wanted)
            people += await self._contacts.purge(wanted)
        if done or people:
            await self._purge.settle()
            told = "{} calls and {} contacts were kept as long as their lines keep them, and are purged"
            logger.info(told, done, people)
        return done

    async def _run(self) -> None:
        while True:
            try:
                await self.once()
            except (SQLAlchemyError, OSError) as error:
                logger.error("old calls are not purged, {}: tried again tomorrow", type(error).__name__)
            await asyncio.sleep(DAY)


async def purged(purge: Purge, batch: list[Doomed], recordings: Path, *, whole: bool = False) -> int:
    """Purge some calls, their recordings first; returns how many of them are."""
    gone = await asyncio.to_thread(lambda: [call for call in batch if without_recording(call, recordings)])
    await purge.purge(gone, whole=whole)
    return len(gone)
