"""What a caller hears when a reply is late, as a line says it."""

from dataclasses import dataclass

from processors.language_wording import wording


@dataclass(frozen=True, slots=True)
class Late:
    """A caller who waits for a reply hears that it is on its way.

    Said when a vendor is slow or another one has to be asked: not while somebody speaks, a tool runs (which
    has its fillers), the caller is on hold, or once the model has begun. The model does not learn of it.

    Raises:
        ValueError: no silence to wait for, or a bridge without words.
    """

    after: float = 2.5
    """Seconds since the caller's turn was over, or since a tool was done."""
    words: tuple[str, ...] = ("One moment, please.",)
    """Said one after the other, and from the first again."""
    again_after: float = 6.0
    """Seconds of silence before the next one."""

    def __post_init__(self) -> None:
        if not self.words or isinstance(self.words, str):  # a type checker sees it, a pipeline file may not
            raise ValueError(f"Late has words={self.words!r}; expected a tuple of texts")
        object.__setattr__(self, "words", tuple(wording(text) for text in self.words))
        if not all(text.strip() for text in self.words):
            raise ValueError(f"Late has an empty text in {self.words}; expected words to be said")
        for what in ("after", "again_after"):
            if not getattr(self, what) > 0:
                raise ValueError(f"Late has {what}={getattr(self, what)}; expected seconds, more than 0")
