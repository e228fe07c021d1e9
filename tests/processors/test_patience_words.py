"""Digits, letters and addresses in what a recogniser writes."""

import pytest

from processors.patience_words import (
    address_wants_more,
    digits_of,
    expects_more,
    is_address,
    letters_at_end,
    number_at_end,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("no number", 0),
        ("five", 1),
        ("oh one four nine", 4),
        ("double oh seven", 3),
        ("triple nine", 3),
        ("twenty five", 2),
        ("eight hundred", 3),
        ("(415) 555-2671", 10),
        ("+1 415", 4),
        ("fifteen sixteen", 4),
    ],
)
def test_digits_are_counted_as_they_are_dialled(text: str, digits: int) -> None:
    assert digits_of(words_of(text)) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("my number is five five five", 3),
        ("five five five, thanks", 0),
        ("room 205", 3),
        ("in 2026", 0),
        ("twelve", 0),
        ("four one five dash five five five", 6),
        ("415 555", 6),
    ],
)
def test_a_number_is_what_was_said_digit_by_digit_up_to_the_end(text: str, digits: int) -> None:
    assert number_at_end(words_of(text)) == digits


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("s m i t h", 5),
        ("S-M-I-T-H.", 5),
        ("it's S as in Sam, M as in Mary", 2),
        ("b for bravo a for alpha", 2),
        ("double l", 1),
        ("my name is smith", 0),
        ("I", 1),
    ],
)
def test_letters_are_counted_from_the_end(text: str, letters: int) -> None:
    assert letters_at_end(words_of(text)) == letters


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("john at gmail dot com", True),
        ("john at example dot co dot uk", True),
        ("john@example.org", True),
        ("john at example dot co", False),
        ("john at gmail", False),
        ("john@gmail", False),
        ("at home", False),
        ("", False),
    ],
)
def test_an_address_is_whole_with_its_last_part(text: str, whole: bool) -> None:
    assert is_address(words_of(text)) is whole


@pytest.mark.parametrize(
    ("text", "asked", "more"),
    [
        ("john at gmail", False, True),
        ("john at gmail dot", False, True),
        ("john underscore", False, True),
        ("see you at home", False, False),
        ("john at example", True, True),
        ("john dot smith", True, True),
        ("john dot smith", False, False),
        ("john at gmail dot com", True, False),
        ("", True, False),
    ],
)
def test_an_address_that_is_under_way_wants_more(text: str, asked: bool, more: bool) -> None:
    assert address_wants_more(words_of(text), asked=asked) is more


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("my number is", "value"),
        ("my number is um", "value"),
        ("it's", "value"),
        ("I would like to", "word"),
        ("well", "word"),
        ("what is your number", None),
        ("that is it", None),
        ("", None),
    ],
)
def test_some_words_end_no_sentence(text: str, what: str | None) -> None:
    assert expects_more(words_of(text)) == what
