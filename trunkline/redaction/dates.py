"""Dates in a text, said in any of many ways. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trunkline.redaction.digits import Piece, runs
from trunkline.redaction.number_words import MONTHS, ORDINALS, TENS
from trunkline.redaction.tokens import Token

BETWEEN = frozenset({"of", "the", "in", "and", "uh", "um", "slash", "dash", "pressed"})
"""Words within a date."""

AMBIGUOUS = frozenset({"may", "march", "mar", "jan", "dec"})

SHORT = {month[:3]: number for number, month in enumerate(MONTHS, 1)} | {"sept": 9}


@dataclass(frozen=True, slots=True)
class Date:
    """What may be one, or a part of one."""

    first: int
    last: int
    """The tokens that it was said with."""
    month: int | None
    """From its name; None if it was said in numbers alone."""
    day: int | None
    """From an ordinal, likewise."""
    numbers: tuple[str, ...]
    """The rest, as it was said: days, months and years."""

    @property
    def year(self) -> int | None:
        """From 0 to 99 if nobody said the century."""
        numbers = self.numbers
        if numbers and len(numbers[-1]) == 4 and numbers[-1][:2] in ("19", "20"):
            return int(numbers[-1])
        if len(numbers) > 1 and numbers[-2] in ("19", "20") and len(numbers[-1]) == 2:
            return int(numbers[-2] + numbers[-1])
        named = (self.month is not None) + (self.day is not None)
        if numbers and len(numbers[-1]) == 2 and named + len(numbers) >= 3:
            return int(numbers[-1])
        return int(numbers[0]) if numbers and self.month and len(numbers[0]) == 4 else None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        digits = "".join(self.numbers)
        if self.month is None and self.day is None:
            return len(digits) >= 6 or (len(digits) >= 4 and len(self.numbers) >= 3)
        return self.year is not None and (self.day is not None or len(digits) != 4 or self.month is None)

    @property
    def is_nothing(self) -> bool:
        """Whether it is a number that says no date."""
        return self.month is None and self.day is None and len(self.figures) < 4 and len(self.numbers) < 2

    @property
    def figures(self) -> str:
        """Its numbers put together, in the order in which they were said."""
        return "".join(self.numbers)

    @property
    def same_as(self) -> tuple[int, int, int] | None:
        """Equal for equal days: the year's last two digits, month and day; None if it is not known."""
        if self.month is None or self.year is None:
            return None
        day = self.day
        if day is None and len(self.numbers) > 1 and len(self.numbers[0]) <= 2:
            day = int(self.numbers[0])
        return (self.year % 100, self.month, day) if day is not None else None


def dates(words: list[Token]) -> list[Date]:
    """What is said in the words and numbers of dates, from the first to the last of them."""
    parts = {part.first: part for part in _parts(words)}
    found: list[Date] = []
    place = 0
    while place < len(words):
        if place not in parts:
            place += 1
            continue
        held: list[_Part] = []
        while place in parts:
            held.append(parts[place])
            place = _skip(words, held[-1].last + 1, parts)
        found.append(_date(held))
        place = max(place, held[-1].last + 1)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    first: int
    last: int
    month: int | None = None
    day: int | None = None
    number: str = ""


def _skip(words: Sequence[Token], place: int, parts: dict[int, _Part]) -> int:
    """Where the date goes on behind words that may stand within one; -1 if it does not."""
    start = place
    while place < len(words) and place - start < 3 and place not in parts and words[place].text in BETWEEN:
        place += 1
    return place if place in parts else -1


def _date(parts: Sequence[_Part]) -> Date:
    return Date(
        parts[0].first,
        parts[-1].last,
        next((part.month for part in parts if part.month), None),
        next((part.day for part in parts if part.day), None),
        tuple(part.number for part in parts if part.number),
    )


def _parts(words: list[Token]) -> Iterator[_Part]:
    ordinals = {first: (last, day) for first, last, day in _ordinals(words)}
    taken = {token for first, (last, _) in ordinals.items() for token in range(first, last + 1)}
    for first, (last, day) in ordinals.items():
        yield _Part(first, last, day=day)
    for place, word in enumerate(words):
        if (month := _month(words, place, word.text)) is not None:
            yield _Part(place, place, month=month)
    for piece in _numbers(words):
        if not taken & set(range(piece.first, piece.last + 1)):
            yield _Part(piece.first, piece.last, number=piece.digits)


def _numbers(words: Sequence[Token]) -> Iterator[Piece]:
    for run in runs(words):
        yield from run.pieces


def _month(words: list[Token], place: int, text: str) -> int | None:
    number = MONTHS.index(text) + 1 if text in MONTHS else SHORT.get(text)
    return number if text not in AMBIGUOUS or _is_dated(words, place) else None


def _is_dated(words: list[Token], place: int) -> bool:
    """Whether a number or an ordinal stands beside a word: "may I" and "march on" are no months."""
    near = words[max(0, place - 2) : place] + words[place + 1 : place + 3]
    return any(word.text in ORDINALS for word in near) or bool(runs(near)) or any(map(_is_figure, near))


def _is_figure(word: Token) -> bool:
    return word.kind in ("ordinal", "figures")


def _ordinals(words: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """First and last token of each, and the day."""
    place = 0
    while place < len(words):
        text, following = words[place].text, words[place + 1].text if place + 1 < len(words) else ""
        last = place
        if words[place].kind == "ordinal":
            yield place, place, int(text[:-2])
        elif text in ("twenty", "thirty") and following in ORDINALS[:9]:
            last = place + 1
            yield place, last, 10 * (2 + TENS.index(text)) + ORDINALS.index(following) + 1
        elif text in ORDINALS or text == "thirtieth":
            yield place, place, ORDINALS.index(text) + 1 if text in ORDINALS else 30
        place = last + 1
