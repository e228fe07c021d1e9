"""What a line may spend."""

from typing import Any

import pytest

from trunkline.costs.budget import Budget


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"per_call": 0}, "more than 0"),
        ({"per_day": -1.0}, "more than 0"),
        ({"words": " "}, "expected words"),
        ({"last_words": ""}, "expected words"),
        ({"zone": "Mars/Base"}, "Europe/Berlin"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Budget(**values)


def test_what_the_agent_may_say_is_spoken_ahead() -> None:
    assert Budget(per_call=0.5, last_words="Goodbye!").texts == ("Goodbye!",)
    assert Budget(per_day=5).texts == ()
