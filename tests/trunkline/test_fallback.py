"""A voicemail that can be taken."""

import pytest

from trunkline.fallback import Voicemail
from trunkline.line import Line
from trunkline.overflow import DialOverflow

NUMBER = "+15550100"


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"text": ""}, "is empty"),
        ({"max_seconds": 0}, "expected 1 to 14400"),
        ({"max_seconds": 14_401}, "expected 1 to 14400"),
        ({"silence_seconds": 0}, "expected 1 or more"),
    ],
)
def test_a_message_that_nobody_can_leave_is_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Voicemail(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fallback", "complaint"),
    [("voicemail", "expected SayAndHangUp"), (DialOverflow(NUMBER), "falls back on itself")],
)
def test_a_line_falls_back_on_something_else(fallback: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Line(name="desk", number=NUMBER, greeting="Hi.", prompt="Be kind.", fallback=fallback)  # type: ignore[arg-type]
