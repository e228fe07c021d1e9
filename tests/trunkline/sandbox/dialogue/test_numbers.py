"""Numbers as callers say them and recognisers write them."""

import pytest

from trunkline.sandbox.dialogue.numbers import number, phone


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("My number is five, five, five, zero, one, four, nine.", "5550149"),
        ("it's 555-0149", "5550149"),
        ("(555) 010-0149", "5550100149"),
        ("five five five oh one four nine please", "5550149"),
        ("five five for zero one too nine", "5540129"),
        ("plus one five five five zero one double oh", "+15550100"),
        ("triple five zero one four nine", "5550149"),
        ("twenty-two thirty-four oh five", "223405"),
        ("at ten to nine", None),
        ("I have two kids", None),
    ],
)
def test_phone_numbers(said: str, digits: str | None) -> None:
    assert phone(said) == digits


def test_a_short_number_counts_when_it_was_asked_for() -> None:
    assert phone("extension four two one") is None
    assert phone("four two one", least=3) == "421"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("four of us", 4),
        ("twenty-five", 25),
        ("a table for 12", 12),
        ("forty", 40),
        ("this one", None),
        ("none", None),
    ],
)
def test_numbers(said: str, value: int | None) -> None:
    assert number(said) == value
