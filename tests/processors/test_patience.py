"""How long a caller is waited for, by the words."""

import pytest

from processors.patience import (
    MOST_SILENCE,
    UNASKED_DIGITS,
    UNFINISHED,
    Expectation,
    Patience,
    is_complete,
    silence,
)

DIGITS, NAME, EMAIL = Expectation("digits", 10), Expectation("name"), Expectation("email")

FINISHED = (
    "yes please",
    "What time do you close today?",
    "I'd like to come at 5:30.",
    "a table for two",
    "the year 2026",
    "twenty five",
    "room number two",
    "It's five.",
    "My name is Tom Fisher.",
    "I lost my card number",
    "meet me at home",
    "four one five five five five two six seven one",
    "My number is 415-555-2671.",
    "my number is five five five zero one four nine",
    "The card ends in four one one two.",
    "john at gmail dot com",
    "yes that's right thank you goodbye",
    "",
)
"""Nobody waits behind these: the detector decides."""


@pytest.mark.parametrize("text", FINISHED)
def test_a_finished_turn_gets_no_patience(text: str) -> None:
    assert silence(text) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "five five five",
        "My number is 555.",
        "It's four one five, five five",
        "415 555",
        "four one one two",
        "s m i t",
        "It's S-M-I",
        "my number is",
        "my number is five five",
        "The card ends in four",
        "My name is, uh,",
        "john at gmail",
        "john at gmail dot",
        "I want to book and",
        "Could you tell me",
        "How do I find you,",
        "uh",
    ],
)
def test_what_looks_unfinished_is_waited_for_without_being_asked(text: str) -> None:
    assert 0.9 <= silence(text) <= MOST_SILENCE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("five five five", DIGITS),
        ("four one five five five five two", DIGITS),
        ("double five one two three", DIGITS),
        ("s m i t", NAME),
        ("S as in Sam, M", NAME),
        ("john dot smith", EMAIL),
        ("john at", EMAIL),
        ("john@gmail", EMAIL),
    ],
)
def test_what_was_asked_for_is_waited_for_longer(text: str, expected: Expectation) -> None:
    assert silence(text) <= silence(text, expected) <= MOST_SILENCE
    assert silence(text, expected) > max(UNASKED_DIGITS, UNFINISHED)
    assert not is_complete(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("four one five five five five two six seven one", DIGITS),
        ("415-555-2671", DIGITS),
        ("It's (415) 555 2671, thanks", DIGITS),
        ("triple five one two three four five six seven", DIGITS),
        ("twenty five twenty six twelve thirteen fourteen", DIGITS),
        ("john at gmail dot com", EMAIL),
        ("It's john.smith@example.org.", EMAIL),
    ],
)
def test_all_of_it_ends_the_turn(text: str, expected: Expectation) -> None:
    assert is_complete(text, expected)
    assert silence(text, expected) == 0.0


def test_an_answer_that_is_something_else_is_not_waited_for() -> None:
    assert silence("I don't have it with me", DIGITS) == 0.0
    assert silence("no", EMAIL) == 0.0


def test_a_name_is_never_complete() -> None:
    assert not is_complete("s m i t h", NAME)


def test_an_expectation_ends_with_the_turn_that_answers_it() -> None:
    patience, told = Patience(), list[Expectation | None]()
    patience.changed = told.append
    patience.expected = DIGITS
    patience.turn_over("hold on please, I have to look for a pen and paper")
    assert told == [DIGITS]
    patience.turn_over("five five five")
    assert patience.expected is None
    assert told == [DIGITS, None]


@pytest.mark.parametrize(
    ("kind", "n", "message"),
    [
        ("colour", None, "cannot expect 'colour'; expected 'digits', 'name', 'email' or None"),
        ("digits", 0, "n is for digits, 1 or more"),
        ("name", 3, "n is for digits"),
    ],
)
def test_what_nobody_can_say_is_refused(kind: str, n: int | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Expectation(kind, n)  # type: ignore[arg-type]


def test_several_may_be_told_what_is_expected() -> None:
    patience = Patience()
    told: list[str] = []
    patience.tells(lambda expected: told.append(f"first {expected and expected.kind}"))
    patience.tells(lambda expected: told.append(f"second {expected and expected.kind}"))
    patience.expected = Expectation("digits", 4)
    assert told == ["first digits", "second digits"]
