"""Findings as people read them."""

from collections.abc import Sequence

from benchmarks.matrix.cell import Cell, Finding


def row(finding: Finding) -> str:
    """For a terminal."""
    wrong = ", ".join(finding.wrong) or "–"
    return f"{finding.cell.name:32} {finding.silence:5.1f} s  {wrong:28}  {finding.heard}"


def markdown(findings: Sequence[Finding]) -> str:
    """For a page: a table."""
    lines = ["| part | fault | lasts | silence | heard | wrong |", "|---|---|---|---:|---|---|"]
    for one in findings:
        cell = one.cell
        cells = (
            str(cell.part),
            str(cell.trouble),
            "to the end" if cell.lasts else "6 s",
            f"{one.silence:.1f} s",
            one.heard.replace("|", "/"),
            ", ".join(one.wrong) or "–",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def broken(cell: Cell, error: Exception) -> Finding:
    """A cell that could not be measured, which counts as wrong."""
    return Finding(
        cell=cell,
        heard="",
        silence=0.0,
        is_understood=True,
        is_answered=False,
        is_served_after=True,
        deeds=0,
        deeds_due=1,
        records=1,
        error=f"{type(error).__name__}: {str(error)[:200]}",
    )
