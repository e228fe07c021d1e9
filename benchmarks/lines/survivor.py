"""A line for calls that have to survive: few words, no patience with a server that stops."""

from benchmarks.lines import front_desk
from trunkline import Line

line = Line(
    name="survivor",
    number="+15550100",
    greeting="Harbour Dental.",
    prompt="Be brief.",
    drain_seconds=2,
)
line.answer(front_desk.compose)
