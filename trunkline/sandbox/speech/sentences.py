"""Text in pieces that can be spoken one after the other, the first one soon."""

import re
from collections.abc import Iterator

from trunkline.sandbox.speech.spoken_numbers import ABBREVIATIONS

LONG = 45
"""Characters (about 3 s of speech) from which a sentence's first words are spoken ahead: the voice takes some
6 ms a character, and nothing is heard before a piece is done."""

AHEAD = 20
"""Characters that are spoken ahead, at least; the rest of the sentence is ready long before they are over."""

REST = 10
"""Characters that are left for the second piece, at least."""

SENTENCE = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[^\sa-z])")
CLAUSE = re.compile(r"(?<=[,;:–—])\s+")

PHRASE = re.compile(r"\s+(?=(?:and|but|or|because|which|if|when|while|from|until|with|on|at|for|in) )")
"""Where one can breathe without a comma."""

_SHORT = "|".join(re.escape(short) for short in ABBREVIATIONS if short.endswith("."))

NO_END = re.compile(rf"(?:^|\s)(?:{_SHORT}|St\.|No\.|[A-Z]\.)$")
"""A period that belongs to an abbreviation or an initial."""


def pieces(text: str) -> Iterator[str]:
    """The sentences of ``text``, the first words of a long one apart and with a comma behind them."""
    for sentence in _sentences(text.strip()):
        cut = _breath(sentence) if len(sentence) >= LONG else None
        if cut is None:
            yield sentence
        else:
            first = sentence[: cut.start()]
            yield first if first[-1] in ",;:–—" else f"{first},"
            yield sentence[cut.end() :]


def _breath(sentence: str) -> re.Match[str] | None:
    """The first place for a breath, at a comma if there is one early enough."""
    end = len(sentence) - REST
    return CLAUSE.search(sentence, AHEAD, min(LONG, end)) or PHRASE.search(sentence, AHEAD, end)


def _sentences(text: str) -> Iterator[str]:
    held = ""
    for part in SENTENCE.split(text):
        held = f"{held} {part}".strip()
        if held and not NO_END.search(held):
            yield held
            held = ""
    if held:
        yield held
