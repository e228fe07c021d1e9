"""A campaign whose process is killed at random: is everybody called the right number of times?

A carrier runs in a process of its own, the campaign in another, which is killed with -9 and started again;
then the carrier's ledger is compared with what each person's seeded behaviour asks for.

    python -m benchmarks.campaign --contacts 10000 --kills 5
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.campaigns import chance, worker
from benchmarks.campaigns.link import Link
from benchmarks.campaigns.verdict import Verdict, judge

LIMIT = 1800.0
"""Seconds that a campaign may take."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried."""

    contacts: int = 10_000
    kills: int = 5
    at_once: int = 100
    seed: int = 1
    url: str = ""
    """Of the call store, SQLAlchemy's; an SQLite file when empty."""
    queues: str = ""
    """Of DBOS's database; likewise."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it."""

    verdict: Verdict
    kills: int
    seconds: float
    killed_at: tuple[int, ...]
    """Calls that the carrier had made when the process was killed."""


async def run(plan: Plan, folder: Path) -> Report:
    """Run a campaign, killing its process.

    Args:
        plan: what is tried.
        folder: for the databases.
    """
    url = plan.url or f"sqlite+aiosqlite:///{folder}/calls.db"
    queues = plan.queues or f"sqlite:///{folder}/queues.db"
    await worker.create(url, plan.contacts, plan.at_once)
    carrier = await _start("benchmarks.campaigns.carrier", str(plan.seed), stdout=asyncio.subprocess.PIPE)
    assert carrier.stdout is not None
    link = await Link.open(port := int(await carrier.stdout.readline()))
    began = time.monotonic()
    try:
        async with asyncio.timeout(LIMIT):
            killed_at = await _suffer(plan, link, (url, queues, str(port)))
        ledger = await link.ask("ledger")
    finally:
        await link.close()
        carrier.kill()
        await carrier.wait()
    seconds = time.monotonic() - began
    return Report(await judge(url, ledger, plan.seed), plan.kills, seconds, tuple(killed_at))


async def _suffer(plan: Plan, link: Link, arguments: Sequence[str]) -> list[int]:
    """Drive the campaign to its end, through all kills."""
    dice = random.Random(plan.seed)
    expected = sum(chance.calls(plan.seed, chance.number(index)) for index in range(plan.contacts))
    moments = sorted(dice.randrange(1, int(expected * 0.95)) for _ in range(plan.kills))
    killed_at = []
    for moment in [*moments, None]:
        process = await _start("benchmarks.campaigns.worker", *arguments)
        if moment is not None:
            killed_at.append(await _kill_at(process, link, moment, dice.uniform(0.0, 0.1)))
    if await process.wait():
        raise RuntimeError(f"the campaign's process failed with {process.returncode}")
    return killed_at


async def _kill_at(process: asyncio.subprocess.Process, link: Link, moment: int, after: float) -> int:
    """Kill it when the carrier has made so many calls; how many they were then."""
    start = (await link.ask("count"))["count"]
    while (made := (await link.ask("count"))["count"]) < max(moment, start + 1):
        if process.returncode is not None:
            raise RuntimeError(f"the campaign's process ended with {process.returncode}")
        await asyncio.sleep(0.01)
    await asyncio.sleep(after)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    return int(made)


async def _start(module: str, *arguments: str, stdout: int | None = None) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdout=stdout)


def show(report: Report) -> None:
    """A table."""
    from rich.console import Console

    from trunkline.terminal import table

    verdict, made = report.verdict, table("", "", right=("",))
    for name, value in asdict(verdict).items():
        made.add_row(name.replace("_", " "), f"{value:,}")
    made.add_row("kills", f"{report.kills} (after {', '.join(map(str, report.killed_at))} calls)")
    made.add_row("seconds", f"{report.seconds:.0f}")
    made.add_row("calls a second", f"{verdict.calls / report.seconds:.0f}")
    made.add_row("holds", "yes" if verdict.holds else "NO")
    Console().print(made)


def main() -> int:
    """Run it and print what came of it; 1 when anybody was called wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("contacts", "kills", "at_once", "seed"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(Plan(), name))
    for name in ("url", "queues"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = vars(parser.parse_args())
    out = arguments.pop("json")
    with TemporaryDirectory() as folder:
        report = asyncio.run(run(Plan(**arguments), Path(folder)))
    show(report)
    if out is not None:
        out.write_text(json.dumps(asdict(report), indent=2) + "\n")
    return 0 if report.verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
