"""Every fault of every part that a call depends on: what does the caller hear, and what is lost?

For each part (the vendors, the store, the carrier's socket, our own process) and each fault, twice over:
once it passes after six seconds, on a line with one provider of each kind; and once it lasts, on a line that
has second ones. A caller books an appointment while it begins, says it again if asked to, and asks one thing
more. Vendors are the sandbox's, reached over a road on which things go wrong; on virtual time, but for
kill -9 of our own process, which is real.

    heard    from the fault on; ✓ is the answer that was due
    silence  the longest time in which the caller waited and heard nothing
    wrong    a dead line, an utterance lost, a caller left alone, a booking made twice; nothing is the goal

    python -m benchmarks.faults
    python -m benchmarks.faults --part LLM --trouble silent
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from os import cpu_count
from pathlib import Path

from loguru import logger

from benchmarks.matrix import killed, page
from benchmarks.matrix.cell import Cell, Finding, Part
from benchmarks.matrix.road import Trouble
from benchmarks.matrix.scene import play
from benchmarks.matrix.troubles import cells, is_possible
from trunkline.testing.clock import VirtualTimeLoop


def measure(cell: Cell) -> Finding:
    """One cell, in a process that may measure others after it."""
    logger.remove()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        try:
            return runner.run(play(cell, Path(folder)))
        except Exception as error:
            return page.broken(cell, error)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--part", action="append", choices=[str(part) for part in Part])
    parser.add_argument("--trouble", action="append", choices=[str(trouble) for trouble in Trouble])
    parser.add_argument("--json", type=Path, help="write the findings to this file")
    parser.add_argument("--page", type=Path, help="write them as a page")
    given = parser.parse_args(arguments)
    parts = [Part(name) for name in given.part or Part]
    troubles = [Trouble(name) for name in given.trouble or Trouble]
    wanted = [cell for cell in cells(parts, troubles) if is_possible(cell)]
    findings = []
    with ProcessPoolExecutor(cpu_count()) as pool:
        for finding in pool.map(measure, wanted):
            findings.append(finding)
            sys.stdout.write(page.row(finding) + "\n")
            sys.stdout.flush()
    if Trouble.KILLED in troubles and Part.PROCESS in parts:
        for lasts in (False, True):
            findings.append(asyncio.run(killed.measure(lasts=lasts)))
            sys.stdout.write(page.row(findings[-1]) + "\n")
    wrong = [finding for finding in findings if finding.wrong]
    sys.stdout.write(f"\n{len(findings)} cells, {len(wrong)} not as they should be\n")
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    if given.page is not None:
        given.page.write_text(page.markdown(findings))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
