"""How near two texts are in meaning: by a model where there is one, by their letters where there is none."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from typing import Protocol

from trunkline.sandbox.dialogue.words import REMEMBERED, content, plain, stem


class Similarity(Protocol):
    """Compares texts."""

    certain: float
    """From this score on two texts mean about the same."""

    def scores(self, text: str, options: Sequence[str]) -> list[float]:
        """For each option how near it is to ``text``: 1 is the same, 0 has nothing to do with it."""


class Letters:
    """Compares the letters of the words that carry meaning; knows no synonyms."""

    certain = 0.35

    def scores(self, text: str, options: Sequence[str]) -> list[float]:
        ours = _pieces(text)
        return [_cosine(ours, _pieces(option)) for option in options]


@lru_cache(REMEMBERED)
def _pieces(text: str) -> Counter[str]:
    """Words without endings, and the groups of three letters in them."""
    words = [stem(word) for word in content(text)] or plain(text).split()
    return Counter(words) + Counter(f" {word} "[at : at + 3] for word in words for at in range(len(word)))


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    length = sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    return sum(count * b[piece] for piece, count in a.items()) / length if length else 0.0
