"""A scorecard as people read it."""

from collections.abc import Sequence

from benchmarks.machine import LAG_LIMIT_MS
from benchmarks.scorecard import Cell, Line, Scorecard
from benchmarks.waterfall import LIMIT_MS


def text(card: Scorecard) -> str:
    """For a terminal."""
    rows = [header(card), *(cells(line, card) for line in card.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = "\n".join("  ".join(map(_padded, row, widths)).rstrip() for row in rows)
    return "\n".join([table, "", ledger(card), *noise(card), *failures(card)])


def markdown(card: Scorecard) -> str:
    """For a page."""
    head = header(card)
    rules = ["---", "---", *("---:" for _ in card.panels), "---"]
    rows = (head, rules, *(cells(line, card) for line in card.lines))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def header(card: Scorecard) -> Sequence[str]:
    return ("figure", "unit", *card.panels, "verdict")


def cells(line: Line, card: Scorecard) -> Sequence[str]:
    """A row of the table."""
    figures = (cell(line.cells.get(name)) for name in card.panels)
    return (line.row.name, line.row.unit, *figures, "; ".join(line.verdicts))


def cell(found: Cell | None) -> str:
    """A figure with the number of events behind it."""
    if found is None or found.value is None:
        return "–"
    return f"{found.value:.{0 if abs(found.value) >= 100 else 1}f} ({found.n})"


def ledger(card: Scorecard) -> str:
    """Whether the waterfalls of the calls are true."""
    known = [abs(off) for off in card.waterfall_off_ms if off is not None]
    if not card.waterfall_off_ms:
        return "No waterfall was compared."
    unknown = len(card.waterfall_off_ms) - len(known)
    return (
        f"Waterfall against sound: off by {max(known, default=0.0):.1f} ms at most in {len(known)} turns"
        f"{f', missing in {unknown}' if unknown else ''}; "
        f"{'met' if card.ledger_holds else 'not met'}: ≤ {LIMIT_MS:g} ms in each."
    )


def noise(card: Scorecard) -> list[str]:
    """The columns that were measured on a machine that was busy otherwise."""
    return [
        f"{name}: NOISY, the load generator ran {late:.0f} ms late (p99)"
        for name, late in card.lag_p99_ms.items()
        if late > LAG_LIMIT_MS
    ]


def failures(card: Scorecard) -> list[str]:
    """What went wrong with calls, a line for each subject that had any."""
    return [
        f"{name}: {len(panel.failures)} complaints, first of all: {panel.failures[0][:150]}"
        for name, panel in card.panels.items()
        if panel.failures
    ]


def _padded(word: str, width: int) -> str:
    return word.ljust(width)
