"""What is said when a lost stream is back: values that can be said."""

import pytest

from processors.language_wording import Wording
from trunkline.resuming.resume import Resume


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"words": " "}, "words for the caller"),
        ({"broken_off": "You were saying something."}, "{words}"),
        ({"attempts": 0}, "expected 1 or more"),
    ],
)
def test_what_cannot_be_said_is_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Resume(**values)  # type: ignore[arg-type]


def test_texts_may_be_given_per_language() -> None:
    resume = Resume({"en": "Sorry.", "es": "Perdón."}, going_on="")  # type: ignore[arg-type]
    assert isinstance(resume.words, Wording)
    assert resume.texts == ("Sorry.",)


def test_all_that_is_said_word_for_word_is_synthesised_ahead() -> None:
    assert Resume().texts == ("Sorry, the line dropped for a second.", "Please go on.")
