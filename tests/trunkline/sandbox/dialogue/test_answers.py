"""Yes, no, goodbye, and the like."""

import re

import pytest

from trunkline.sandbox.dialogue import answers
from trunkline.sandbox.dialogue.answers import brief, is_no, is_yes, says


@pytest.mark.parametrize("said", ["Yes, please.", "Okay", "that's right", "sure", "Well, that works"])
def test_yes(said: str) -> None:
    assert is_yes(said)
    assert not is_no(said)


@pytest.mark.parametrize("said", ["No, thank you.", "not really", "Oh no", "don't do that"])
def test_no(said: str) -> None:
    assert is_no(said)
    assert not is_yes(said)


@pytest.mark.parametrize(
    ("form", "said", "other"),
    [
        (answers.BYE, "Thank you, good-by.", "I bought a new bike"),
        (answers.BYE, "See you on Tuesday", "I would like to see you on Tuesday"),
        (answers.ENOUGH, "No, that's all.", "Is that all you have?"),
        (answers.NEVER_MIND, "Oh, never mind", "I don't mind"),
        (answers.AGAIN, "Could you say that again?", "Can I come?"),
        (answers.AGAIN, "Sorry?", "Sorry, could you move it?"),
        (answers.READ_BACK, "Could you read that back to me?", "Call me back"),
        (answers.MOMENT, "One moment,", "At the moment I am in Rome"),
        (answers.PERSON, "Can I speak to a person?", "for one person"),
        (answers.MACHINE, "Are you a robot?", "I am a robot"),
    ],
)
def test_set_phrases(form: re.Pattern[str], said: str, other: str) -> None:
    assert says(form, said)
    assert not says(form, other)


def test_brief_is_a_few_words() -> None:
    assert brief("just a moment, please")
    assert not brief("wait until I have told you what I really want")
