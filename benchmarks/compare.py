"""Judge a run: by what must hold, and by the ratios that are committed.

python -m benchmarks.compare build/bench.json [--baseline benchmarks/baseline.json] [--accept]

Exits with 0 if all is well, 1 if a limit is exceeded or a committed ratio got worse by more than the noise,
and 2 if a figure that must hold rests on noisy rounds alone, or a file cannot be read.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import hypot
from pathlib import Path

from rich.console import Console
from rich.text import Text

from benchmarks.figures import Figure, digits, figures
from benchmarks.files import Committed, UnreadableError, read_baseline, read_run, write_baseline
from trunkline import terminal

BASELINE = Path(__file__).with_name("baseline.json")


class Verdict(Enum):
    """What is to be said of a figure, and in which colour."""

    PLAIN = ("", "")
    HOLDS = ("holds", "green")
    SAME = ("as committed", "green")
    BETTER = ("better", "bold green")
    OVER = ("over the limit", "bold red")
    WORSE = ("worse", "bold red")
    NOISY = ("noisy: repeat", "yellow")
    ABSENT = ("not measured", "dim")

    def __init__(self, words: str, style: str) -> None:
        self.words = words
        self.style = style


@dataclass(frozen=True, slots=True)
class Judgement:
    """A figure beside its limit and beside what is committed."""

    figure: Figure
    committed: Committed | None

    @property
    def noise(self) -> float:
        """By how much it may differ from what is committed: the noise of this run and of that one."""
        if self.figure.found is None or self.committed is None:
            return 0.0
        return hypot(self.figure.found.noise, self.committed.noise)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All that is to be said of it, the worst first."""
        if self.figure.found is None:
            return (Verdict.ABSENT,)
        if self.figure.found.noisy:
            return (Verdict.NOISY,)
        verdicts = [*self._by_limit(self.figure.found.value), *self._by_baseline(self.figure.found.value)]
        bad = [verdict for verdict in verdicts if verdict in (Verdict.OVER, Verdict.WORSE)]
        return tuple(bad or verdicts) or (Verdict.PLAIN,)

    @property
    def undecided(self) -> bool:
        """Whether it must hold, and nobody can say whether it does."""
        return self.figure.limit is not None and Verdict.NOISY in self.verdicts

    def _by_limit(self, value: float) -> list[Verdict]:
        if self.figure.limit is None:
            return []
        return [Verdict.HOLDS if value <= self.figure.limit else Verdict.OVER]

    def _by_baseline(self, value: float) -> list[Verdict]:
        if self.committed is None:
            return []
        if value > self.committed.value + self.noise:
            return [Verdict.WORSE]
        return [Verdict.BETTER if value < self.committed.value - self.noise else Verdict.SAME]


def judge(found: Sequence[Figure], baseline: Mapping[str, Committed]) -> list[Judgement]:
    """Each figure beside what is committed of it."""
    return [Judgement(f, baseline.get(f.key) if f.committed else None) for f in found]


def status(judgements: Sequence[Judgement]) -> int:
    """What the command exits with."""
    said = {verdict for judgement in judgements for verdict in judgement.verdicts}
    if said & {Verdict.OVER, Verdict.WORSE}:
        return 1
    return 2 if any(judgement.undecided for judgement in judgements) else 0


def accepted(found: Sequence[Figure], baseline: Mapping[str, Committed]) -> dict[str, Committed]:
    """The baseline anew. A ratio that this run cannot vouch for stays as it was committed."""
    kept = {}
    for figure in found:
        if not figure.committed:
            continue
        if figure.found is not None and not figure.found.noisy:
            value, noise = round(figure.found.value, 4), round(figure.found.noise, 4)
            kept[figure.key] = Committed(value, noise, figure.name)
        elif figure.key in baseline:
            kept[figure.key] = baseline[figure.key]
    return kept


def draw(screen: Console, judgements: Sequence[Judgement]) -> None:
    """The judgement as a table."""
    right = ("found", "", "limit", "committed")
    table = terminal.table("figure", *right, "verdict", right=right)
    for judgement in judgements:
        figure, committed = judgement.figure, judgement.committed
        verdict = Text(", ").join(Text(v.words, v.style) for v in judgement.verdicts)
        before = f"{committed.value:.{digits(committed.value)}f}" if committed else ""
        table.add_row(figure.name, figure.text, figure.noise_text, figure.limit_text, before, verdict)
    screen.print(table)


def explain(judgements: Sequence[Judgement]) -> None:
    """A sentence for each figure that is not as it should be, and what to do."""
    for judgement in judgements:
        figure, committed = judgement.figure, judgement.committed
        said = judgement.verdicts
        if Verdict.OVER in said:
            problem = f"{figure.name} is {figure.text}; the limit is {figure.limit_text.lstrip('≤ ')}."
            terminal.complain(problem, "Repeat the run; if it stays, look with py-spy where the time goes.")
        if Verdict.WORSE in said and committed:
            problem = (
                f"{figure.name} got worse by more than the noise: "
                f"found {figure.text}, committed {committed.value:.3f}, noise {judgement.noise:.3f}."
            )
            advice = "Repeat the run; if it stays, find the change that costs it, or commit it with --accept."
            terminal.complain(problem, advice)
        if judgement.undecided:
            terminal.warn(f"{figure.name}: all rounds were noisy. Repeat the run on a quiet machine.")


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, help="what benchmarks.run wrote")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="committed ratios")
    parser.add_argument("--accept", action="store_true", help="commit this run's ratios instead")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    terminal.forgive()
    chosen = options(arguments)
    try:
        run = read_run(chosen.run)
        baseline = {} if chosen.accept and not chosen.baseline.exists() else read_baseline(chosen.baseline)
    except UnreadableError as error:
        terminal.complain(str(error))
        return 2
    found = figures(run)
    after = accepted(found, baseline) if chosen.accept else baseline
    judgements = judge(found, after)
    draw(terminal.screen(), judgements)
    explain(judgements)
    if chosen.accept:
        write_baseline(chosen.baseline, run, after)
    return status(judgements)


if __name__ == "__main__":
    sys.exit(main())
