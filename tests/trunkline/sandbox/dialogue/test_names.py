"""Names of people, announced or given as an answer."""

import pytest

from trunkline.sandbox.dialogue.names import person


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("My name is Anna Baker.", "Anna Baker"),
        ("I'm Anna, and my number is five", "Anna"),
        ("This is Dr. Jones speaking", "Dr. Jones"),
        ("It's for Maria de Silva please", "Maria de Silva"),
        ("my name is tom fisher and i need help", "Tom Fisher"),
        ("I'm looking for a dentist", None),
        ("It's Tuesday", None),
        ("Tom Fisher", None),
    ],
)
def test_names_that_are_announced(said: str, name: str | None) -> None:
    assert person(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Tom Fisher.", "Tom Fisher"),
        ("yes, it's anna", "Anna"),
        ("O'Brien", "O'brien"),
        ("What do you need it for?", None),
        ("I would rather not say that", None),
        ("5550149", None),
    ],
)
def test_names_that_answer_a_question(said: str, name: str | None) -> None:
    assert person(said, asked=True) == name
