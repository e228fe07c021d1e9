"""A line's budget: what a call may cost, and a day."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from processors.language_wording import wording

WARNS_AT = 0.8
"""Share of a budget that has been spent when the log says so."""


@dataclass(frozen=True, slots=True)
class Budget:
    """In US dollars, as :mod:`trunkline.costs` estimates them.

    Raises:
        ValueError: an amount that is none, a text without words, or a time zone that there is not.
    """

    per_call: float | None = None
    """A call that has cost so much is ended kindly, when nobody is in the middle of a sentence."""
    per_day: float | None = None
    """Once the line's calls have cost so much today, new ones are not taken; those that go on are not cut."""
    last_words: str = "I am sorry, I have to end this call now. Please call again another time. Goodbye!"
    """Of a call that has cost as much as it may."""
    words: str | None = None
    """What new callers hear when the day's budget is spent; None for what they hear when the line is full."""
    zone: str = "UTC"
    """Time zone in which a day begins at midnight, such as ``Europe/Berlin``."""

    def __post_init__(self) -> None:
        for what in ("per_call", "per_day"):
            value = getattr(self, what)
            if value is not None and not value > 0:
                raise ValueError(f"Budget has {what}={value}; expected US dollars, more than 0, or None")
        if self.words is not None and not self.words.strip():
            raise ValueError("Budget has empty words; expected words for the caller, or None")
        object.__setattr__(self, "last_words", wording(self.last_words))
        if not self.last_words.strip():
            raise ValueError("Budget has empty last_words; expected words for the caller")
        try:
            ZoneInfo(self.zone)
        except (LookupError, ValueError, OSError):
            raise ValueError(f"Budget has zone={self.zone!r}; expected one such as 'Europe/Berlin'") from None

    @property
    def texts(self) -> tuple[str, ...]:
        """What the agent may say of it."""
        return (self.last_words,) if self.per_call is not None else ()
