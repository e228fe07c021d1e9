"""Who is called: what a number does when it rings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["answer", "busy", "no-answer", "failed"]

Who = Literal["human", "machine", "fax", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Answers after two seconds and waits, unless told otherwise."""

    outcome: Outcome = "answer"
    ring: float = 2.0
    """Seconds until the outcome; ``no-answer`` comes with the end of the caller's patience."""
    who: Who = "human"
    """What answering machine detection finds."""
    detection: float = 4.0
    """Seconds after the answer at which it finds that."""
    greeting: bytes = b""
    """Mu-law that is said on answering."""
    beep: float | None = None
    """Seconds after the answer at which a machine beeps, and records from then on; None for never."""
    stays: float | None = None
    """Seconds after the answer at which the callee hangs up; None to stay until somebody else does."""


BEEP = 0.4
"""Seconds of a machine's beep."""

BEEP_KNOWN = 0.2
"""Seconds after it in which detection is sure of it."""


def by_number(callees: Mapping[str, Callee]) -> Callable[[str], Callee]:
    """The callee of a number; everybody else answers."""
    return lambda number: callees.get(number, Callee())
