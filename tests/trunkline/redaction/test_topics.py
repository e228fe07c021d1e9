"""What a number is said to be."""

import pytest

from trunkline.redaction.topics import announcements, changes_the_subject


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("What is your card number?", ["card"]),
        ("the three digits on the back of it", ["code"]),
        ("my social is", ["ssn"]),
        ("my social media is", []),
        ("born on the", ["birth"]),
        ("the card ends in", ["other"]),
        ("your order number, and your date of birth", ["other", "birth"]),
        ("I have your [card number], thank you", []),
    ],
)
def test_words_announce_a_number(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in announcements(text)] == kinds


def test_a_question_after_something_else_changes_the_subject() -> None:
    assert changes_the_subject("And when would you like to come?")
    assert not changes_the_subject("Go on?")
    assert not changes_the_subject("And what are the next four digits, please?")
    assert not changes_the_subject("Thank you, I have noted all of that.")
