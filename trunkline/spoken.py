"""Texts of a line that are said word for word: in one language, or in each that the line speaks."""

from collections.abc import Mapping
from typing import Any

from processors.language_wording import wording


class Spoken:
    """A field of a line: takes a text, or one for each language; is a text that can be said in all of them.

    Args:
        text: unless the line says something else; none if it has to.
    """

    def __init__(self, text: str | None = None) -> None:
        self._text = text
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, line: Any, owner: type | None = None) -> str:
        text: str | None = self._text if line is None else getattr(line, self._name)
        if text is None:
            raise AttributeError(self._name)  # by which a dataclass knows that there is no default
        return text

    def __set__(self, line: Any, text: str | Mapping[str, str]) -> None:
        setattr(line, self._name, wording(text))
