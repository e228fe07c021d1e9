"""People's names in a caller's words."""

import re

from trunkline.sandbox.dialogue.dates import MONTHS, WEEKDAYS
from trunkline.sandbox.dialogue.words import FILLERS, plain

_NAME = r"(?:(?:Dr|Mr|Mrs|Ms)\. )?[A-Z][\w'’-]+(?: (?:[A-Z][\w'’-]+|de|van|von|der|la))*"

INTRODUCED = re.compile(
    r"\b(?i:my name is|my name's|the name is|name is|this is|i am|i'm|it's|it is|call me|speaking is|here is|"
    rf"under the name(?: of)?|for|under) ({_NAME})"
)
"""A name that is written as one, behind words that announce it."""

LOWER = re.compile(r"\b(?:my name is|my name's|name is|call me) ((?:[a-z'-]+ ?){1,3})")
"""A name in a transcript without capitals."""

NOT_NAMES = {*FILLERS, *WEEKDAYS, *MONTHS, "calling", "looking", "speaking", "monday's", "name", "tomorrow"}

LONGEST = 4
"""Words of a name that is given as the answer to a question."""


def person(text: str, asked: bool = False) -> str | None:
    """The name that a caller gives; if ``asked`` for it, also without words that announce it."""
    for introduced in INTRODUCED.finditer(text):
        if plain(introduced[1].split()[0]) not in NOT_NAMES:
            return introduced[1].strip()
    if lower := LOWER.search(plain(text)):
        return _titled(re.split(rf" (?:{'|'.join(NOT_NAMES)})(?: |$)", lower[1])[0])
    return _answer(text) if asked else None


def _answer(text: str) -> str | None:
    if "?" in text:
        return None
    words = re.sub(
        r"^(?:(?:yes|yeah|sure|okay|ok|oh|um|uh|well|it's|it is|i'm|this is)[ ,]+)+", "", text, flags=re.I
    )
    name = plain(words).split()
    return _titled(" ".join(name)) if len(name) <= LONGEST and not NOT_NAMES & set(name) else None


def _titled(words: str) -> str | None:
    name = [word.capitalize() for word in words.split()]
    return " ".join(name) if all(word.replace("'", "").isalpha() for word in name) and name else None
