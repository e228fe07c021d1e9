"""What is said when a lost stream is back, and how often a call is saved."""

from dataclasses import dataclass

from processors.language_wording import wording

WORDS = "{words}"

RESPITE = 2
"""Seconds by which each further attempt to connect a call waits longer."""


def respite(attempt: int) -> int:
    """Seconds before an attempt: from the third on not at once, for what was wrong may pass."""
    return RESPITE * max(attempt - 2, 0)


@dataclass(frozen=True, slots=True)
class Resume:
    """The first words of a stream that follows a lost one, and what comes after them.

    What the agent had not finished is said from where it broke off; what the caller said last is answered.
    Only where there is neither, or the caller was speaking, is the caller asked to go on. Each text may be
    given per language.

    Raises:
        ValueError: a text that cannot be said, or a call that would never be connected.
    """

    words: str = "Sorry, the line dropped for a second."
    """Said first, always."""
    broken_off: str = "You were saying: {words} … Please go on."
    """For a caller who was speaking, with the last words that were understood."""
    going_on: str = "Please go on."
    """When it is the caller's move, or nothing was understood; empty for nothing."""
    attempts: int = 4
    """Streams of one call, in all processes together; then the line's ``fallback``."""

    def __post_init__(self) -> None:
        for name in ("words", "broken_off", "going_on"):
            object.__setattr__(self, name, wording(getattr(self, name)))
        if not self.words.strip():
            raise ValueError(f"Resume(words={self.words!r}) is empty; expected words for the caller")
        if WORDS not in self.broken_off:
            raise ValueError(f"Resume(broken_off={self.broken_off!r}) has no {WORDS} for the caller's words")
        if self.attempts < 1:
            raise ValueError(f"Resume(attempts={self.attempts}) connects nobody; expected 1 or more")

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is said word for word."""
        return (self.words, self.going_on) if self.going_on.strip() else (self.words,)
