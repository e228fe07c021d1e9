"""What callers ask about, in the words that the tool knows."""

import pytest

from trunkline.sandbox.dialogue.similarity import Letters
from trunkline.sandbox.dialogue.topics import expanded, names, reason, topic

KNOWN = ("opening hours", "address", "parking", "prices", "check-up", "whitening", "insurance", "emergencies")


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("What are your opening hours on Saturday?", "opening hours"),
        ("And how much is a checkup?", "check-up"),
        ("And what does whitening cost?", "whitening"),
        ("How much does it cost?", "prices"),
        ("What time do you close today?", "opening hours"),
        ("How do I get to you?", "address"),
        ("My tooth hurts a lot", "emergencies"),
        ("Does insurance cover parking?", "parking insurance"),
        ("Do you sell bicycles?", "sell bicycles"),
    ],
)
def test_topics(said: str, known: str) -> None:
    assert topic(said, KNOWN, Letters()) == known


def test_a_name_is_found_in_any_form() -> None:
    assert names("I need a check up", "check-up")
    assert names("two cleanings", "cleaning")
    assert not names("I am starting", "art")


@pytest.mark.parametrize(
    ("said", "asked", "found"),
    [
        ("It's for a checkup.", True, "check-up"),
        ("I'd like to come in for a check-up", False, "check-up"),
        ("I have a toothache.", True, "toothache"),
        ("I have a toothache.", False, None),
        ("Because my tooth hurts", False, "my tooth hurts"),
        ("Yes.", True, "Yes"),
    ],
)
def test_reasons(said: str, asked: bool, found: str | None) -> None:
    assert reason(said, ("check-up", "cleaning"), asked=asked) == found


def test_callers_words_are_given_the_tools_words() -> None:
    assert expanded("I want to reschedule") == "I want to reschedule move"
    assert expanded("hello") == "hello"
