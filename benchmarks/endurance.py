"""A thousand short calls: does the process stay as small as it was, and is nothing left behind?

    python -m benchmarks.endurance

After a warm-up, short calls follow one another on some lines at once: most ask something and hang up inside
the reply, some hang up inside the greeting, some while they speak. What is compared is the idle process,
before, in the middle and afterwards.
"""

import argparse
import asyncio
import os
import sys
from dataclasses import dataclass

import aiohttp
import uvloop
from loguru import logger
from rich.console import Console

from benchmarks.load.observations import Observations
from benchmarks.load.phone import LineLost, Phone
from benchmarks.load.socket import Socket
from benchmarks.load.speech import INTERRUPTIONS, utterances
from benchmarks.load.vendors import Vendors
from benchmarks.load.webhooks import Webhooks
from benchmarks.machine import alone, cores
from benchmarks.subject import KINDS, Subject

GROWTH_LIMIT = 0.05
"""By how much resident memory may grow, as a share."""

WARM_UP = 100
"""Calls before anything is compared."""

AT_ONCE = 8

SETTLE = 6.0
"""Seconds that a process has to put things away: connections that are kept alive, above all."""

PATIENCE = 60.0
"""Seconds for which it is asked again while something is left."""

console = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Idle:
    """A process that has no calls."""

    calls: int
    """Made so far."""
    rss_mb: float
    fds: int
    tasks: int
    listening: int
    """Deepgram's listening sockets that are open."""
    speaking: int
    """Deepgram's speaking sockets that are open."""

    def left(self, before: "Idle") -> list[str]:
        """What there is more of than there was."""
        names = ("fds", "tasks", "listening", "speaking")
        return [
            f"{name}: {getattr(before, name)} before, {getattr(self, name)} now"
            for name in names
            if getattr(self, name) > getattr(before, name)
        ]

    def growth(self, before: "Idle") -> float:
        """Of memory, as a share of what it was."""
        return self.rss_mb / before.rss_mb - 1


class Endurance:
    """Calls a subject again and again."""

    def __init__(self, vendors: Vendors, subject: Subject, session: aiohttp.ClientSession) -> None:
        self.seen = Observations()
        self._vendors, self._subject, self._session = vendors, subject, session
        self._webhooks = Webhooks(session, subject.voice_url)
        self._made = 0

    async def make(self, calls: int, at_once: int) -> None:
        """So many calls, on so many lines."""
        end = self._made + calls

        async def line() -> None:
            while self._made < end:
                self._made += 1
                await self._call(self._made)

        await asyncio.gather(*(line() for _ in range(at_once)))

    async def idle(self, before: Idle | None = None) -> Idle:
        """What the process holds without calls; waits for what was not there before to go."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        await asyncio.sleep(SETTLE)
        now = await self._look()
        while before and now.left(before) and loop.time() < deadline:
            await asyncio.sleep(1)
            now = await self._look()
        self._vendors.forget()
        return now

    async def _call(self, number: int) -> None:
        phone = Phone(self._session, self._webhooks, self.seen)
        utterance = utterances(INTERRUPTIONS)[number % len(INTERRUPTIONS)]
        try:
            async with asyncio.timeout(0.8 if number % 8 == 0 else 3.0 if number % 8 == 4 else None):
                await phone.dial(1.0)
                if await phone.ask(utterance):
                    await phone.pause(0.5)
        except (TimeoutError, LineLost):
            pass
        finally:
            await phone.hang_up()

    async def _look(self) -> Idle:
        used, tasks = self._subject.usage(), await self._subject.ask("tasks")
        deepgram = self._vendors.deepgram
        return Idle(
            self._made,
            round(used.rss_mb, 2),
            used.fds,
            tasks["tasks"],
            len(deepgram.listen.open),
            deepgram.speak.open_sockets,
        )


async def run(options: argparse.Namespace) -> list[str]:
    """What is wrong afterwards."""
    core, own_core = cores()
    os.sched_setaffinity(0, {own_core})
    kind = KINDS[options.subject]
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with (
        Vendors() as vendors,
        Subject(kind, vendors.environment, core) as subject,
        aiohttp.ClientSession(connector=connector, ws_response_class=Socket) as session,
    ):
        endurance = Endurance(vendors, subject, session)
        await endurance.make(WARM_UP, options.at_once)
        start = await endurance.idle()
        console.print(f"start  {start}")
        await endurance.make(options.calls // 2, options.at_once)
        console.print(f"middle {await endurance.idle(start)}")
        await endurance.make(options.calls - options.calls // 2, options.at_once)
        end = await endurance.idle(start)
        console.print(f"end    {end}")
    growth = end.growth(start)
    console.print(f"memory {growth:+.1%}, {options.calls} calls, {options.at_once} at once")
    grown = [f"memory grew by {growth:.1%}"] if growth > GROWTH_LIMIT else []
    return [*grown, *end.left(start), *sorted(set(endurance.seen.described())), *subject.complaints]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--subject", choices=tuple(KINDS), default="trunkline", help="default: trunkline")
    parser.add_argument("--calls", type=int, default=1000, help="default: 1000")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help=f"lines (default: {AT_ONCE})")
    options = parser.parse_args()
    logger.remove()
    with alone(console.print), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        wrong = runner.run(run(options))
    for what in wrong:
        console.print(what, style="red", soft_wrap=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
