"""Which words of a text were heard when its audio was cut, for a voice that tells no word times."""

import re
from dataclasses import dataclass

from transports.alignment import align
from transports.sound_shape import sound_shape
from transports.spoken_units import spoken_units

CLAUSE = re.compile(r"[,;:.!?…—–]+[\"')\]]*\s+")
"""Behind it something begins that can be understood alone."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """A word, and where it is spoken."""

    text_end: int
    """Characters of the text up to its end."""
    start: int
    """Bytes of the audio before it."""
    end: int
    """Bytes of the audio up to its end; beyond it, if the word is still to come."""


def word_times(text: str, mulaw: bytes, *, pace: float | None = None) -> list[WordTime]:
    """Lay a text along its audio (8 kHz), which begins where the text does.

    Args:
        text: as it was given to the voice.
        mulaw: its audio.
        pace: how much longer than usual the voice takes; None when its audio is complete.
    """
    units = spoken_units(text)
    if not units or not mulaw:
        return []
    words: list[WordTime] = []
    start: int | None = None
    for unit, (begin, end) in zip(units, align(units, sound_shape(mulaw), pace), strict=True):
        start = begin if start is None else start
        if unit.ends_word:
            words.append(WordTime(unit.text_end, start, end))
            start = None
    return words


def heard_words(text: str, words: list[WordTime], position: int) -> str:
    """What was heard of a text when its audio was cut at a byte.

    A word counts when most of it was heard: then it was understood, for what follows is rarely needed to
    tell it. Counting only whole words would miss every other word that the caller could repeat.
    """
    ends = [word.text_end for word in words if 2 * position > word.start + word.end]
    return text[: ends[-1]] if ends else ""


def from_clause(text: str, heard: str) -> str:
    """What to say after a break: the rest of a text, from the beginning of the clause that was broken off.

    Args:
        text: the whole.
        heard: its beginning, as far as it was heard.
    """
    if not text[len(heard) :].strip():
        return ""
    clauses = [mark.end() for mark in CLAUSE.finditer(text[: len(heard)])]
    return text[clauses[-1] if clauses else 0 :].strip()


def word_start(words: list[WordTime], position: int) -> int:
    """Where to go on after a break at a byte: at the beginning of the word that was broken off."""
    for word in words:
        if word.start <= position < word.end:
            return word.start
    return position
