"""Numbers in a text, digit by digit: as figures, as words, doubled, mixed, with fillers between. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trunkline.redaction.number_words import (
    DIGITS,
    FILLERS,
    ONES,
    PLURALS,
    REPEATED,
    SOUNDS_LIKE,
    TEENS,
    TENS,
    UNITS,
)
from trunkline.redaction.tokens import Token

TIMES = frozenset("2345678")
"""How often a digit may be said to come in a row."""

BETWEEN = 4
"""Fillers between two digits of one number, at most."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was said in one: "four", "forty one", "double five", "4111"."""

    digits: str
    first: int
    last: int
    """The tokens that it was said with."""


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces of one number."""

    pieces: tuple[Piece, ...]

    @property
    def digits(self) -> str:
        return "".join(piece.digits for piece in self.pieces)

    @property
    def first(self) -> int:
        return self.pieces[0].first

    @property
    def last(self) -> int:
        return self.pieces[-1].last


def runs(words: Sequence[Token], known: Mapping[str, str] = DIGITS["en"]) -> list[Run]:
    """The numbers in a text.

    Args:
        words: the text.
        known: words of single digits.
    """
    found: list[list[Piece]] = []
    for piece in _pieces(words, known):
        if piece.last + 1 < len(words) and words[piece.last + 1].text in UNITS:
            found.append([])  # it counts something
        elif found and found[-1] and _goes_on(words, found[-1][-1].last + 1, piece.first):
            found[-1].append(piece)
        else:
            found.append([piece])
    return [Run(tuple(pieces)) for pieces in found if pieces]


def _goes_on(words: Sequence[Token], start: int, end: int) -> bool:
    between = words[start:end]
    return len(between) <= BETWEEN and all(word.text in FILLERS for word in between)


def _pieces(words: Sequence[Token], known: Mapping[str, str]) -> Iterator[Piece]:
    place = 0
    while place < len(words):
        piece = _repeated(words, place, known) or _number(words, place, known)
        if piece is not None:
            yield piece
        place = place + 1 if piece is None else piece.last + 1


def _repeated(words: Sequence[Token], at: int, known: Mapping[str, str]) -> Piece | None:
    """Such as "double five" and "four ones"."""
    if at + 1 == len(words):
        return None
    word, following = words[at].text, words[at + 1].text
    if word in REPEATED:
        digit = _digit(words, at + 1, known)
        return Piece(digit * REPEATED[word], at, at + 1) if digit else None
    if following in PLURALS and (times := known.get(word, word)) in TIMES:
        return Piece(PLURALS[following] * int(times), at, at + 1)
    return None


def _number(words: Sequence[Token], at: int, known: Mapping[str, str]) -> Piece | None:
    token = words[at]
    if token.kind == "figures":
        return Piece(token.text, at, at)
    small, after = _below_hundred(words, at)
    if small is None:
        digit = _digit(words, at, known)
        return Piece(digit, at, at) if digit else None
    value, after = _scaled(words, small, after)
    return Piece(str(value), at, after - 1)


def _digit(words: Sequence[Token], at: int, known: Mapping[str, str]) -> str | None:
    """A single digit: a word of one, or what sounds like one and stands beside others."""
    token = words[at]
    if token.kind == "figures" and len(token.text) == 1:
        return token.text
    if token.text in known:
        return known[token.text]
    if token.text not in SOUNDS_LIKE:
        return None
    is_zero = SOUNDS_LIKE[token.text] == "0"
    beside = [_is_digit(words, near, known) for near in (at - 1, at + 1)]
    # "Oh three", and "three oh"; but "four for one" only in the middle of digits.
    return SOUNDS_LIKE[token.text] if (any(beside) if is_zero else all(beside)) else None


def _is_digit(words: Sequence[Token], at: int, known: Mapping[str, str]) -> bool:
    if not 0 <= at < len(words):
        return False
    token = words[at]
    if token.kind == "figures":
        return len(token.text) == 1
    return token.text in known or token.text in ("oh", *TENS, *TEENS, *REPEATED)


def _below_hundred(words: Sequence[Token], at: int) -> tuple[int | None, int]:
    """An English number from 1 to 99, and what comes behind it."""
    if at >= len(words):
        return None, at
    word = words[at].text
    if word in TEENS:
        return 10 + TEENS.index(word), at + 1
    if word in TENS:
        tens = 10 * (2 + TENS.index(word))
        following = words[at + 1].text if at + 1 < len(words) else ""
        if following in ONES[1:]:
            return tens + ONES.index(following), at + 2
        return tens, at + 1
    if word in ONES[1:]:
        return ONES.index(word), at + 1
    return None, at


def _scaled(words: Sequence[Token], value: int, at: int) -> tuple[int, int]:
    """The same with its thousands and hundreds: "four thousand fifty six", "fifty two hundred"."""
    for word, scale in (("thousand", 1000), ("hundred", 100)):
        if at < len(words) and words[at].text == word and value < 100:
            at += 1
            rest, after = _below_hundred(words, _behind_and(words, at))
            if rest is None:
                return value * scale, at
            if scale == 1000 and after < len(words) and words[after].text == "hundred":
                hundreds, after = _scaled(words, rest, after)
                return value * scale + hundreds, after
            return value * scale + rest, after
    return value, at


def _behind_and(words: Sequence[Token], at: int) -> int:
    return at + 1 if at < len(words) and words[at].text == "and" else at
