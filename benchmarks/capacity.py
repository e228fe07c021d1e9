"""Write the figures of a run into docs/capacity.md, and draw docs/capacity.svg.

python -m benchmarks.capacity build/bench.json
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from benchmarks import plot, ratios
from benchmarks.compare import Judgement, judge
from benchmarks.figures import OURS, digits, figures, named
from benchmarks.files import UnreadableError, read_run
from benchmarks.ratios import Measured, Sweep, sweeps
from benchmarks.result import Point, Run
from trunkline import terminal

DOCS = Path(__file__).parent.parent / "docs"

PART = re.compile(r"(<!-- figures: ([a-z]+) -->\n).*?(<!-- /figures -->)", re.DOTALL)
"""A part of the page that is written here, and its name."""

DIGITS = 2
"""Of a number in a table."""

HEADER = (
    "subject",
    "calls",
    "CPU, ms a call-second",
    "MiB a call",
    "lag p50 / p99",
    "reply p50 / p95",
    "barge-in p50 / p95",
    "greeting p95",
    "gaps",
    "failed",
)


def rewritten(page: str, parts: dict[str, str]) -> str:
    """The page with its parts anew; every part must have its place in it."""
    missing = parts.keys() - {match[2] for match in PART.finditer(page)}
    if missing:
        raise UnreadableError(f"The page has no markers for {', '.join(sorted(missing))}.")
    return PART.sub(lambda match: f"{match[1]}{parts.get(match[2], '')}{match[3]}", page)


def parts(run: Run) -> dict[str, str]:
    """All that is generated, by its place."""
    return {
        "sentence": sentence(run) + "\n",
        "plot": "![Reply latency and CPU by number of calls](capacity.svg)\n",
        "ratios": judged(run),
        "points": points(run),
        "machine": machine(run) + "\n",
    }


def sentence(run: Run) -> str:
    """How many calls a core carries, and what one costs."""
    found = sweeps(run.points)
    clauses = [clause for subject in (OURS, "stock", "livekit") if (clause := _carries(found.get(subject)))]
    if not clauses:
        return ""
    *others, last = clauses
    said = f"{', '.join(others)} and {last}" if others else last
    return (
        f"Before the p95 reply comes {ratios.SLOWER_MS} ms later than with one call, one core carries "
        f"{said}; in brackets the CPU time of a call-second."
    )


def _carries(sweep: Sweep | None) -> str:
    carried = sweep.carried() if sweep else None
    # Where noise ended the count, it says nothing of the subject.
    if sweep is None or carried is None or carried.calls == 0 or carried.noisy:
        return ""
    count = f"{'at least ' if carried.at_least else ''}{carried.calls} call{'s' * (carried.calls > 1)}"
    cost = _number(sweep.at(carried.calls, ratios.cpu))
    return f"**{count}** of {named(sweep.subject)} ({cost} ms)"


def judged(run: Run) -> str:
    """Each figure that must hold, and the other ratios, beside their limits."""
    rows = [_judged(judgement) for judgement in judge(figures(run), {})]
    return table(("figure", "found", "limit", ""), rows, right=(1, 2))


def _judged(judgement: Judgement) -> tuple[str, ...]:
    figure = judgement.figure
    found = f"{figure.text} {figure.noise_text}".strip()
    return figure.name, found, figure.limit_text, ", ".join(v.words for v in judgement.verdicts)


def points(run: Run) -> str:
    """A row for each subject and number of calls."""
    rows = [row for sweep in sweeps(run.points).values() for row in _rows(sweep)]
    note = "\n\\* Every round was noisy.\n" if any("\\*" in row[1] for row in rows) else ""
    return table(HEADER, rows, right=range(1, len(HEADER))) + note


def _rows(sweep: Sweep) -> Iterator[tuple[str, ...]]:
    for calls, rounds in sweep.rounds.items():
        yield (
            named(sweep.subject),
            f"{calls}\\*" if sweep.noisy(calls) else str(calls),
            _with_noise(sweep.at(calls, ratios.cpu)),
            _cell(sweep, calls, ratios.memory),
            _pair(sweep, calls, lambda p: p.lag.p50_ms, lambda p: p.lag.p99_ms),
            _pair(sweep, calls, lambda p: p.reply.p50 if p.reply.n else None, ratios.reply),
            _pair(sweep, calls, lambda p: p.barge_in.p50 if p.barge_in.n else None, ratios.barge_in),
            _cell(sweep, calls, ratios.greeting),
            str(sum(map(ratios.gaps, rounds))),
            str(sum(map(ratios.failures, rounds))),
        )


def _with_noise(measured: Measured | None) -> str:
    if measured is None:
        return _number(measured)
    decimals = digits(measured.value, DIGITS)
    noise = round(measured.noise, decimals)
    return f"{_number(measured)} ± {noise:.{decimals}f}" if noise else _number(measured)


def _pair(
    sweep: Sweep, calls: int, low: Callable[[Point], float | None], high: Callable[[Point], float | None]
) -> str:
    return f"{_cell(sweep, calls, low)} / {_with_noise(sweep.at(calls, high))}"


def _cell(sweep: Sweep, calls: int, reading: Callable[[Point], float | None]) -> str:
    return _number(sweep.at(calls, reading))


def _number(measured: Measured | None) -> str:
    return "–" if measured is None else f"{measured.value:.{digits(measured.value, DIGITS)}f}"


def machine(run: Run) -> str:
    """What it was measured on, with what, when."""
    cores = "one core" if run.machine.cores == 1 else f"{run.machine.cores} cores"
    versions = ", ".join(f"{name} {version}" for name, version in sorted(run.versions.items()))
    day = datetime.fromisoformat(run.at).date().isoformat()
    return f"{run.machine.cpu}, {cores}; Python {run.machine.python}; {versions}; {day}."


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A table of GitHub's Markdown."""
    rules = ["---:" if column in right else "---" for column in range(len(header))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, rules, *rows))


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.capacity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, help="what benchmarks.run wrote")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder of capacity.md and capacity.svg")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = options(arguments)
    page = chosen.docs / "capacity.md"
    try:
        run = read_run(chosen.run)
        text = rewritten(page.read_text(), parts(run))
    except (UnreadableError, OSError) as error:
        terminal.complain(str(error))
        return 2
    page.write_text(text)
    (chosen.docs / "capacity.svg").write_text(plot.drawn(sweeps(run.points).values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
