"""A bridge as a line orders it."""

from typing import Any

import pytest

from tests.trunkline.office import bare_line
from trunkline.late import Late


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"words": "One moment."}, "words='One moment.'"),
        ({"words": ()}, "words=()"),
        ({"words": ("One moment.", " ")}, "an empty text"),
        ({"after": 0}, "after=0"),
        ({"again_after": -1.0}, "again_after=-1.0"),
    ],
)
def test_what_nobody_can_say_is_refused(values: dict[str, Any], found: str) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        Late(**values)
    assert found in str(refused.value)


def test_its_words_are_spoken_ahead_and_may_be_given_per_language() -> None:
    late = Late(words=({"en": "One moment.", "es": "Un momento."},))  # type: ignore[arg-type]
    assert late.words[0] in bare_line(late=late).prompts()
    assert "One moment, please." in bare_line().prompts()
    assert "One moment, please." not in bare_line(late=None).prompts()
    with pytest.raises(ValueError, match="late='soon'"):
        bare_line(late="soon")
