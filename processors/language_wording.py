"""Words that are said as they stand, in one language or in several."""

from collections.abc import Mapping
from typing import Any, Self

from processors.language_support import base


class Wording(str):
    """A text in several languages: as a string, it is the first of them.

    Whoever speaks it says the one that the call is in.
    """

    __slots__ = ("by_language",)
    by_language: Mapping[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> Self:
        """Takes texts by their languages' codes.

        Raises:
            ValueError: there is none.
        """
        if not texts:
            raise ValueError("a text in no language; expected one or several, as {'en': 'Hello.'}")
        made = super().__new__(cls, next(iter(texts.values())))
        made.by_language = {base(language): text for language, text in texts.items()}
        return made

    def __getnewargs__(self) -> Any:
        return (self.by_language,)


def wording(text: str | Mapping[str, str]) -> str:
    """A text as a pipeline file gives it, to be said."""
    return text if isinstance(text, str) else Wording(text)


def said_in(text: str, language: str) -> str:
    """The text in a language; where there is none of its own, as it stands."""
    return text.by_language.get(base(language), str(text)) if isinstance(text, Wording) else text


def languages_missing(text: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages in which a text in several cannot be said."""
    known = text.by_language if isinstance(text, Wording) else languages
    return tuple(language for language in languages if base(language) not in {*map(base, known)})
