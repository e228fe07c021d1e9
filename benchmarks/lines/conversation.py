"""The lines of the scorecard: the bench's front desk, with each barge-in policy that is measured."""

from dataclasses import replace

from benchmarks.lines import front_desk
from processors.barge_in import BargeIn
from trunkline import Line, vad, words

POLICIES = {"words(1)": words(1), "vad": vad}
"""What can be measured, each on a number of its own."""

NUMBERS = {name: f"+155501{at:02}" for at, name in enumerate(POLICIES)}


def line(name: str, policy: BargeIn) -> Line:
    """The line that is interrupted by that policy."""
    made = replace(front_desk.line, name=f"bench {name}", number=NUMBERS[name], barge_in=policy)
    made.answer(front_desk.compose)
    return made
