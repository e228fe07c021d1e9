"""What a check found."""

from dataclasses import dataclass
from enum import Enum

LIMIT = 5.0
"""Seconds for one answer from the network."""

SILENT = f"did not answer within {LIMIT:.0f} s"


class Mark(Enum):
    """How a check came out."""

    FINE = "fine"
    ODD = "odd"
    """Worth a look; calls are answered all the same."""
    WRONG = "wrong"
    """Calls are not answered, or not by us."""
    SKIPPED = "skipped"
    """Not needed, or not to be looked at before something else is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; says what to do unless all is fine."""

    name: str
    mark: Mark
    found: str
    remedy: str = ""


def fine(name: str, found: str) -> Finding:
    return Finding(name, Mark.FINE, found)


def odd(name: str, found: str, remedy: str) -> Finding:
    return Finding(name, Mark.ODD, found, remedy)


def wrong(name: str, found: str, remedy: str) -> Finding:
    return Finding(name, Mark.WRONG, found, remedy)


def skipped(name: str, found: str, remedy: str = "") -> Finding:
    return Finding(name, Mark.SKIPPED, found, remedy)
