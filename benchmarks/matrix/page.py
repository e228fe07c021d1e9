"""Findings as people read them."""

from collections.abc import Sequence

from benchmarks.matrix.cell import Cell, Finding

INTRODUCTION = """# Every fault of every part

`make faults` writes this page. A caller books an appointment while a part of the call gets into trouble,
says it again if asked to, and asks one thing more. Each fault is played twice over: once it passes after
six seconds, on a line with one provider of each kind, and once it lasts to the end, on a line with a
second provider of each. Vendors are the sandbox's, reached over a road on which things go wrong;
everything is on virtual time, but for `kill -9` of our own process.

*Silence* is the longest time in which the caller waited and heard nothing. *Heard* is what came from the
fault on; ✓ is the answer that was due, [carrier] the carrier's own voice. *Wrong* is a dead line (over
eight seconds of silence), an utterance that was lost without a word, a caller who was left alone, a
booking that was made twice, or a call with more than one record.

The store is the embedded one, which has no server that could refuse a key. **Redis** has no row: no part
of a call uses it. *Our process* in trouble is a road to it in trouble, as the carrier sees it: its
webhooks and its streams both fail, and the number's fallback URL holds the caller for a while. `kill -9` is
real: the only server is started again at once, or (to the end) a second one is there.
"""


def row(finding: Finding) -> str:
    """For a terminal."""
    wrong = ", ".join(finding.wrong) or "–"
    return f"{finding.cell.name:32} {finding.silence:5.1f} s  {wrong:28}  {finding.heard}"


def markdown(findings: Sequence[Finding]) -> str:
    """For a page: a table."""
    lines = [
        INTRODUCTION,
        f"{len(findings)} cells: {sum(one.is_answered for one in findings)} answered, "
        f"{sum(one.ended_in_words for one in findings)} ended in words, "
        f"{sum(bool(one.wrong) for one in findings)} not as they should be.\n",
        "| part | fault | lasts | silence | heard | wrong |",
        "|---|---|---|---:|---|---|",
    ]
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
        is_told=True,
        is_answered=False,
        is_served_after=True,
        deeds=0,
        deeds_due=1,
        records=1,
        error=f"{type(error).__name__}: {str(error)[:200]}",
    )
