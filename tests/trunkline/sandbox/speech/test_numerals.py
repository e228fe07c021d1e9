"""Numbers as words."""

import pytest

from trunkline.sandbox.speech.numerals import cardinal, digits, ordinal, year


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (19, "nineteen"),
        (40, "forty"),
        (45, "forty-five"),
        (290, "two hundred ninety"),
        (1250, "one thousand two hundred fifty"),
        (2_000_001, "two million one"),
    ],
)
def test_cardinals(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "first"),
        (3, "third"),
        (12, "twelfth"),
        (20, "twentieth"),
        (24, "twenty-fourth"),
        (31, "thirty-first"),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (2026, "twenty twenty-six"),
        (2005, "two thousand five"),
        (1907, "nineteen oh seven"),
        (1900, "nineteen hundred"),
        (2000, "two thousand"),
    ],
)
def test_years(number: int, words: str) -> None:
    assert year(number) == words


def test_digits_are_read_one_by_one() -> None:
    assert digits("555-0149") == "five five five zero one four nine"
