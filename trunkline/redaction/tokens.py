"""A text cut into words, figures and what is neither, each with its place. Pure."""

import re
from dataclasses import dataclass

PIECE = re.compile(
    r"(?P<amount>[$€£]\s?\d[\d,.]*|\d{1,2}:\d\d\b|\d{1,3}(?:,\d{3}){1,3}(?![\d,])|\d+\s?%)"
    r"|(?P<ordinal>\d{1,2}(?:st|nd|rd|th)\b)"
    r"|(?P<figures>\d+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)",
    re.IGNORECASE,
)
"""An amount (a price, a time of day, thousands) is no number that anybody has."""


@dataclass(frozen=True, slots=True)
class Token:
    """One of them."""

    kind: str
    """``amount``, ``ordinal``, ``figures`` or ``word``."""
    text: str
    """In small letters."""
    start: int
    end: int
    """Where it stands in the text; the end is behind it."""


def tokens(text: str) -> list[Token]:
    """Those of a text, in order; punctuation is between them."""
    return [
        Token(found.lastgroup or "word", found[0].lower().replace("’", "'"), *found.span())
        for found in PIECE.finditer(text)
    ]
