"""How soon, and how wrongly, each detector takes a caller's turn for over.

One call a detector, with the same phrases: as they were recorded, and with pauses in them, between the groups
of a number and in the middle of a sentence. Vendors are emulated with fixed delays, on virtual time: a
recogniser's words come as fast as its audio, the first token after 300 ms, the first sound after 100 ms.

    alone   without patience for what looks unfinished
    end     from the caller's last sound to the end of the turn, of those phrases that were not cut
    reply   from there to the first byte of the reply on the wire
    cut     turns that were ended inside a phrase

What it shows of Flux is the emulator's Flux: sure by the length of the silence, four times as fast behind a
full stop. It shows what we make of Flux's messages, and what its predictions are worth; it says nothing of
how well Flux hears that somebody has done. smart-turn's model is the real one; a judgement is charged with
--judging milliseconds, for virtual time does not pass while it works. Deepgram's endpoint is its silence,
exactly.

    python -m benchmarks.turn_ends
    python -m benchmarks.turn_ends --only endpointing,flux --json turn_ends.json
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from loguru import logger

from benchmarks.turn_ends_call import SUBJECTS, measure
from trunkline.testing.clock import VirtualTimeLoop


def table(results: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """One line a detector and kind of phrase."""
    columns = ("phrases", "cut", "end p50", "end p95", "reply p50", "reply p95")
    lines = [f"{'detector':26}{'phrases of kind':18}" + "".join(f"{name:>11}" for name in columns)]
    for name, kinds in results.items():
        for kind, row in kinds.items():
            cells = "".join(f"{row.get(column, '-'):>11}" for column in columns)
            lines.append(f"{name:26}{kind:18}{cells}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.turn_ends",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", default="", help=f"detectors, with commas: {', '.join(SUBJECTS)}")
    parser.add_argument("--phrases", type=int, help="plain phrases at most; all by default")
    parser.add_argument("--judging", type=float, default=80, help="milliseconds charged for a judgement")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args(arguments)
    logger.remove()
    only = [name.strip() for name in given.only.split(",") if name.strip()]
    wanted = {name: subject for name, subject in SUBJECTS.items() if not only or name in only}
    if not wanted:
        parser.error(f"no such detector: {given.only!r}; expected {', '.join(SUBJECTS)}")
    results = {}
    for name, subject in wanted.items():
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            results[name] = runner.run(measure(subject, given.phrases, given.judging))
    sys.stdout.write(table(results) + "\n")
    if given.json is not None:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
