"""A cell of the matrix: what was in trouble and how, and what the caller went through."""

from dataclasses import dataclass
from enum import StrEnum

from benchmarks.matrix.road import Trouble

LONGEST_SILENCE = 8.0
"""Seconds in which a caller who waits hears nothing, after which the line counts as dead."""


class Part(StrEnum):
    """What a call depends on."""

    STT = "STT"
    LLM = "LLM"
    TTS = "TTS"
    STORE = "store"
    REDIS = "Redis"
    SOCKET = "carrier socket"
    PROCESS = "our process"


@dataclass(frozen=True, slots=True)
class Cell:
    """A fault, and how long it lasts."""

    part: Part
    trouble: Trouble
    lasts: bool
    """To the end of the call, on a line with a second provider; else for a few seconds, on one without."""

    @property
    def name(self) -> str:
        return f"{self.part} {self.trouble} {'lasting' if self.lasts else 'passing'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What happened in a cell."""

    cell: Cell
    heard: str
    """What the caller heard from the fault on, in short."""
    silence: float
    """The longest time that the caller waited without hearing anything, in seconds."""
    is_understood: bool
    """Whether what was said during the fault reached the model, or the caller could say it again."""
    is_told: bool
    """Whether the caller heard what is the matter, where it was not."""
    is_answered: bool
    """Whether it was answered, at once or when it had been said again."""
    is_served_after: bool
    """Whether the next question was answered, or somebody said goodbye before it."""
    deeds: int
    """Times that the tool with side effects was carried out."""
    deeds_due: int
    """Times that the caller asked for it."""
    records: int
    """Of the call, in the store."""
    error: str = ""
    """What broke the measurement itself."""

    @property
    def ended_in_words(self) -> bool:
        """Whether the call could not go on, and its caller was told so."""
        return not self.is_answered and self.is_told

    @property
    def wrong(self) -> tuple[str, ...]:
        """What must not be."""
        found = {
            f"dead line for {self.silence:.1f} s": self.silence > LONGEST_SILENCE,
            "utterance lost": not self.is_understood and not self.is_told,
            "left alone": not self.is_served_after,
            f"done {self.deeds} times": self.deeds > self.deeds_due,
            f"{self.records} records": self.records != 1,
            self.error: bool(self.error),
        }
        return tuple(what for what, is_so in found.items() if is_so)
