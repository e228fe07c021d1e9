"""A text as a voice goes through it: words, or groups of digits, and what may be between two of them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from transports.spoken_length import spoken_length

BEFORE_PAUSE = 0.085
"""Seconds that a word in front of punctuation takes longer."""

LEAD, TAIL = 0.05, 0.15
"""Seconds of silence with which a synthesis usually begins and ends."""

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_EAST_ASIAN}][^\w\s]*|[^\s{_EAST_ASIAN}]+")
_GROUP = re.compile(r".*?\d[-–/](?=\d)|.+")
"""Part of a word behind which there may be a pause: phone numbers are read in groups."""

_STOPS = (".", "!", "?", ":", ";", "…", "—", "–", "。", "！", "？")
_COMMAS = (",", "-", "、", "，")

_PHRASES = frozenset(
    word
    for words in (
        "and or but because if when which who that than so from to until with at in on for by after before",
        "y o pero porque que con para de",
        "und oder aber weil wenn dass mit bei",
        "et ou mais parce avec pour en",
        "en of maar omdat als met",
        "e ma perché per",
    )
    for word in words.split()
)
"""Words that may begin a phrase: English, Spanish, German, French, Dutch, Italian."""


@dataclass(frozen=True, slots=True)
class Place:
    """What may be between two units of a text."""

    usual: float
    """Seconds of the pause, usually."""
    pause: float
    """How unlikely a pause is here: a negative logarithm."""
    none: float
    """How unlikely it is that there is none."""


STOP = Place(0.35, 0.0, 2.0)
COMMA = Place(0.15, 0.2, 0.7)
PHRASE = Place(0.0, 1.5, 0.0)
NOWHERE = Place(0.0, 3.0, 0.0)


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or a part of one behind which there may be a pause."""

    text_end: int
    """Characters of the text up to the end of the word."""
    ends_word: bool
    length: float
    """Seconds at an ordinary pace."""
    place: Place
    """What is behind it."""


@lru_cache(maxsize=64)
def spoken_units(text: str) -> tuple[Unit, ...]:
    """The units of a text; the last one is in front of a stop."""
    units: list[Unit] = []
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        following = words[at + 1][0] if at + 1 < len(words) else ""
        groups = _GROUP.findall(word[0])
        units += [Unit(word.end(), False, spoken_length(group), COMMA) for group in groups[:-1]]
        units.append(_last(word, groups[-1], _place(word[0], following)))
    return tuple(units)


def usual_length(text: str) -> float:
    """Seconds that a text usually takes, with its pauses."""
    units = spoken_units(text)
    return LEAD + TAIL + sum(unit.length for unit in units) + sum(unit.place.usual for unit in units[:-1])


def _last(word: re.Match[str], group: str, place: Place) -> Unit:
    length = spoken_length(group)
    if length and place.none:
        length += BEFORE_PAUSE
    return Unit(word.end(), True, length, place)


def _place(word: str, following: str) -> Place:
    bare = word.rstrip("\"')]»”’*")
    if not following or bare.endswith(_STOPS):
        return STOP
    if bare.endswith(_COMMAS):
        return COMMA
    return PHRASE if following.lower() in _PHRASES else NOWHERE
