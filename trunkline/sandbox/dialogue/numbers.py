"""Numbers in a caller's words: "five five five, zero one four nine", "twenty-four", "double two"."""

import re
from itertools import groupby

from trunkline.sandbox.dialogue.words import plain
from trunkline.sandbox.speech.numerals import ONES, TENS, ordinal

UNITS = {word: number for number, word in enumerate(ONES)}
DECADES = {word: number * 10 for number, word in enumerate(TENS) if number >= 2}
ORDINALS = {ordinal(number).replace("-", " "): number for number in range(1, 32)}

SAME_SOUND = {"oh": 0, "o": 0, "for": 4, "to": 2, "too": 2, "ate": 8, "won": 1, "size": 5}
"""What a recogniser writes for a digit; believed between digits only."""

TIMES = {"double": 2, "triple": 3}

DOUBLED = re.compile(r"\b(double|triple) (\w+)")

WRITTEN = re.compile(r"\+?\d[\d.-]*")


def number(text: str) -> int | None:
    """The first number: any in digits, or one below a hundred in words."""
    words = plain(text).replace("-", " ").split()
    for at, word in enumerate(words):
        if word.isdigit():
            return int(word)
        if word in DECADES:
            unit = UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
            return DECADES[word] + (unit if unit < 10 else 0)
        if word in UNITS and not (word == "one" and at and words[at - 1] in ("this", "that", "which")):
            return UNITS[word]
    return None


def phone(text: str, least: int = 5) -> str | None:
    """The longest run of digits, written or spoken, with the plus that may stand in front.

    Args:
        text: the caller's words.
        least: digits without which it is no phone number.
    """
    words = DOUBLED.sub(
        lambda match: f"{match[2]} " * TIMES[match[1]], plain(text).replace("+", " plus ")
    ).split()
    runs = ["".join(run) for number, run in groupby(_digits(words), bool) if number]
    best = max(runs, key=len, default="")
    return best if len(best.lstrip("+")) >= least else None


def _digits(words: list[str]) -> list[str]:
    """For each word the digits that it stands for; empty for other words."""
    found = [_digits_of(word) for word in words]
    for at, word in enumerate(words):
        before, after = found[at - 1 : at], found[at + 1 : at + 2]
        if word in SAME_SOUND and (
            all(before + after) if len(word) > 2 or word == "to" else any(before + after)
        ):
            found[at] = str(SAME_SOUND[word])
        if word in DECADES and any(after) and UNITS.get(words[at + 1], 0) in range(1, 10):
            found[at] = found[at][0]
        if word == "plus" and any(after):
            found[at] = "+"
    return found


def _digits_of(word: str) -> str:
    if WRITTEN.fullmatch(word):
        return re.sub(r"\D", "", word)
    value = UNITS.get(word, DECADES.get(word))
    return "" if value is None else str(value)
