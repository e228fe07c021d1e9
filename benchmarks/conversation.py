"""How it is to talk to an agent: the panel of tau-voice from the two channels of calls, beside stock pipecat.

Callers play a fixed set of dialogues over the sandbox, in real time, with Trunkline and with stock pipecat,
each a process of its own. All that is scored is sound: what a caller's phone sent, and what it played.

    python -m benchmarks.conversation                          all of it: about seven minutes
    python -m benchmarks.conversation --quick                  a quarter of the dialogues
    python -m benchmarks.conversation --subject trunkline --policy vad
    python -m benchmarks.conversation --json build/conversation.json

Exit code 1 if a limit is missed or Trunkline is not ahead of stock pipecat in every row; 3 if a subject is
not installed (make bench-peers).
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from loguru import logger

from benchmarks.dialogue.moves import Dialogue
from benchmarks.dialogue.scenes import dialogues, interruptions
from benchmarks.lines.conversation import NUMBERS
from benchmarks.machine import alone, machine
from benchmarks.performance import Cast, Performance, perform
from benchmarks.scorecard import Panel, Scorecard
from benchmarks.subject import SubjectFailed, SubjectMissing
from benchmarks.table import text
from benchmarks.waterfall import differences
from trunkline import terminal

AT_ONCE = {"trunkline": 8, "stock": 4}
"""Calls at a time: what a core carries without a fault (docs/capacity.md), and no more."""

QUICK = 4
"""One dialogue in so many."""

FAILED, MISSING = 1, 3
"""Exit codes."""


def casts(subject: str, policies: Sequence[str], *, quick: bool) -> list[Cast]:
    """Who calls a subject: all dialogues, and for a policy beside the first one the interruptions."""
    every = QUICK if quick else 1
    if subject != "trunkline":
        return [Cast(subject, dialogues()[::every], AT_ONCE[subject])]
    chosen: dict[str, list[Dialogue]] = {
        policy: interruptions() if policy != policies[0] else dialogues() for policy in policies
    }
    return [
        Cast(f"trunkline {policy}", parts[::every], AT_ONCE[subject], NUMBERS[policy])
        for policy, parts in chosen.items()
    ]


async def play(subjects: Sequence[str], policies: Sequence[str], *, quick: bool) -> Scorecard:
    """Play everything, subject by subject."""
    began = datetime.now(UTC).isoformat(timespec="seconds")
    panels: dict[str, Panel] = {}
    off: list[float | None] = []
    lag: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        store = Path(folder) / "calls.db"
        ours = ("--conversation", "--store", str(store))
        for subject in subjects:
            arguments = ours if subject == "trunkline" else ()
            for performance in await perform(subject, casts(subject, policies, quick=quick), _say, arguments):
                panels[performance.name] = _panel(performance)
                lag[performance.name] = performance.lag_p99_ms
                if subject == "trunkline":
                    off += differences(store, performance.takes)
    versions = {name: version(name) for name in ("trunkline", "pipecat-ai")}
    return Scorecard(began, machine().cpu, panels, versions, off, lag)


def _panel(performance: Performance) -> Panel:
    failures = [f"{take.dialogue}: {failure}" for take in performance.takes for failure in take.failures]
    recordings = [take.recording for take in performance.takes]
    return Panel.of(recordings, performance.words_off, [*failures, *performance.complaints])


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.conversation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help=f"one dialogue in {QUICK}")
    parser.add_argument(
        "--subject",
        action="append",
        choices=tuple(AT_ONCE),
        help="whom to call (default: both; may be given twice)",
    )
    parser.add_argument(
        "--policy",
        action="append",
        choices=tuple(NUMBERS),
        help="Trunkline's barge-in (default: all; the first one given plays all dialogues)",
    )
    parser.add_argument("--json", type=Path, help="file for the result")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = options(arguments)
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    subjects, policies = chosen.subject or list(AT_ONCE), chosen.policy or list(NUMBERS)
    try:
        with alone(_say), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            card = runner.run(play(subjects, policies, quick=chosen.quick))
    except (SubjectMissing, SubjectFailed) as error:
        terminal.complain(str(error))
        return MISSING
    if chosen.json is not None:
        card.write(chosen.json)
    print(text(card))
    return 0 if card.holds else FAILED


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    sys.exit(main())
