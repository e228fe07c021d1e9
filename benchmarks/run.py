"""Measure subjects on the same load in the same run, and write what was found as JSON.

    python -m benchmarks.run --subjects trunkline --calls 1,20 --seconds 8

This process is the world: callers and vendors, on the last core. Each subject is a process of its own on the
first. Whoever shares the machine spoils the figures: a point says so, and is measured again.
"""

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

import uvloop
from loguru import logger
from rich.console import Console

from benchmarks.load.vendors import Vendors
from benchmarks.machine import alone, cores, machine
from benchmarks.point import Bench, Measured
from benchmarks.result import Point, Run
from benchmarks.subject import KINDS, Kind, SubjectFailed, SubjectMissing

SHORT: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("trunkline", (1, 60, 80)),
    ("floor", (60,)),
    ("stock", (1, 4, 6)),
    ("livekit", (10,)),
)
"""What fits into five minutes."""

SHORT_SECONDS = 10.0

SHORT_LIMIT = 280.0
"""Seconds within which noisy points are measured again in a short run."""

console = Console(stderr=True, highlight=False)


async def measure(options: argparse.Namespace) -> Run:
    """All points that were asked for."""
    core, own_core = cores()
    os.sched_setaffinity(0, {own_core})
    at = datetime.now(UTC).isoformat(timespec="seconds")
    points: list[Point] = []
    async with Vendors() as vendors:
        gc.collect()
        gc.freeze()
        bench = Bench(vendors, core, own_core)
        began = asyncio.get_running_loop().time()
        for _ in range(options.rounds):
            for kind, sweep in _plan(options):
                points += await _sweep(bench, kind, sweep, options)
        if options.short:
            await _again(bench, points, began + SHORT_LIMIT)
    return Run(machine(), at, points, _versions())


async def _sweep(bench: Bench, kind: Kind, sweep: Sequence[int], options: argparse.Namespace) -> list[Point]:
    """The points of one subject; what cannot be measured is said and left out."""
    points = []
    for calls in sweep:
        try:
            measured = await bench.measure(kind, calls, options.seconds, attempts=options.attempts)
        except SubjectMissing as missing:
            console.print(str(missing), style="yellow", soft_wrap=True)
            break
        except SubjectFailed as failed:
            console.print(f"{kind.name} {calls}: {failed}", style="red", soft_wrap=True)
            continue
        _show(measured)
        points.append(measured.point)
    return points


async def _again(bench: Bench, points: list[Point], until: float) -> None:
    """Measure noisy points once more while there is time; a short run comes to every subject first."""
    for index, point in enumerate(points):
        if point.noise and asyncio.get_running_loop().time() < until:
            measured = await bench.measure(KINDS[point.subject], point.calls, SHORT_SECONDS, attempts=1)
            _show(measured)
            points[index] = replace(measured.point, attempts=point.attempts + 1)


def _plan(options: argparse.Namespace) -> list[tuple[Kind, Sequence[int]]]:
    if options.short:
        return [(KINDS[name], calls) for name, calls in SHORT if name in options.subjects]
    return [(KINDS[name], options.calls or KINDS[name].calls) for name in options.subjects]


def _show(measured: Measured) -> None:
    """A line for a point."""
    text = f"{_line(measured.point)}  (load generator {measured.own:.0%})"
    console.print(text, style="dim" if measured.point.noise else None, soft_wrap=True)


def _line(point: Point) -> str:
    more = "" if point.rss_mb_per_call is None else f" (+{point.rss_mb_per_call:.2f}/call)"
    return (
        f"{point.subject:9} {point.calls:3} calls  {point.cpu_ms_per_call_second:6.2f} ms/call-s  "
        f"{point.rss_mb:4.0f} MiB{more}  lag p99 {point.lag.p99_ms:.1f}  "
        f"reply {point.reply.p50:+.0f}/{point.reply.p95:+.0f}  barge-in {point.barge_in.p50:.0f}/"
        f"{point.barge_in.p95:.0f}  greeting {point.greeting.p50:.0f}/{point.greeting.p95:.0f}  "
        f"gaps {point.gaps.over_20ms}  failures {len(point.failures)}  turns {point.turns}  "
        f"{'NOISY: ' + point.noise if point.noise else 'quiet'}"
    )


def _versions() -> dict[str, str]:
    """Of what is measured."""
    elsewhere = KINDS["livekit"].python.parents[1].glob("lib/python*/site-packages")
    paths = {
        "pipecat-ai": sys.path,
        "trunkline": sys.path,
        "livekit-agents": [str(path) for path in elsewhere],
    }
    found = {name: list(distributions(name=name, path=where)) for name, where in paths.items()}
    return {name.partition("-")[0]: which[0].version for name, which in found.items() if which}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in KINDS]:
        raise argparse.ArgumentTypeError(f"no subject {', '.join(unknown)}; there are {', '.join(KINDS)}")
    return names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--subjects", type=_names, default=tuple(KINDS), help=f"of {','.join(KINDS)} (default: all)")
    add("--calls", type=_numbers, help="at once, such as 1,20,80 (default: each subject's own)")
    add("--seconds", type=float, default=20.0, help="of each measuring window (default: 20)")
    add("--rounds", type=int, default=3, help="how often everything is measured (default: 3)")
    add("--attempts", type=int, default=3, help="at a point that is noisy (default: 3)")
    add("--short", action="store_true", help="what fits into five minutes")
    add("--out", type=Path, default=Path("build/bench.json"), help="default: build/bench.json")
    options = parser.parse_args()
    if options.short:
        options.rounds, options.seconds, options.attempts = 1, SHORT_SECONDS, 1
    return options


def main() -> None:
    options = _options()
    logger.remove()
    with alone(console.print), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        run = runner.run(measure(options))
    run.write(options.out)
    console.print(f"written to {options.out}")


if __name__ == "__main__":
    main()
