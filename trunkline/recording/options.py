"""Whether the calls of a line are recorded, and what callers are told of it."""

from dataclasses import dataclass

from processors.language_wording import wording


@dataclass(frozen=True, slots=True)
class Recording:
    """Both channels of each call are kept: ``Line(recording=Recording())``.

    Raises:
        ValueError: an announcement that cannot be said.
    """

    announce: str = "This call may be recorded."
    """Said first, to its end; nothing is recorded before it was heard. May be given per language. Empty for
    none: then the whole call is recorded, and that it may be is for you to know."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "announce", wording(self.announce))
        if self.announce and not self.announce.strip():
            raise ValueError(
                f"Recording(announce={self.announce!r}) cannot be said; expected words, or '' for none"
            )

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is said word for word."""
        return (self.announce,) if self.announce else ()
