"""The manners of a line that calls out fit each other, and its words fit the data."""

from typing import Any

import pytest

from processors.language_wording import Wording, said_in
from trunkline.outbound.manners import Outbound, check_manners, filled


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"amd": "on"}, "'off', 'start' or 'message-end'"),
        ({"amd": "start", "voicemail": "Call us."}, "knows no beep"),
        ({"greet_after": -1}, "greet_after"),
        ({"ring_seconds": 601}, "5 to 600"),
        ({"hours": "09-17"}, r"expected Hours\("),
        ({"greeting": " "}, "empty greeting"),
        ({"greeting": "Hello {name"}, "write {{ for a brace"),
        ({"greeting": "Hello {0}"}, "expected a field's name"),
        ({"greeting": "Hello {name.first}"}, "expected a field's name"),
    ],
)
def test_manners_that_do_not_fit_are_named(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Outbound(**wrong)


def test_a_line_takes_no_other_manners() -> None:
    check_manners("desk", None)
    check_manners("desk", Outbound())
    with pytest.raises(ValueError, match="line 'desk' has outbound=True"):
        check_manners("desk", True)


def test_words_without_fields_can_be_spoken_ahead() -> None:
    manners = Outbound(greeting="Hello {name}.", voicemail="Please call us.", screening="Harbour Dental.")
    assert manners.prompts() == ("Please call us.", "Harbour Dental.")


def test_data_that_is_missing_is_named_once() -> None:
    manners = Outbound(greeting="Hello {name}, {day}.", voicemail="{name}, please call us.")
    assert manners.missing({"day": "Monday"}) == ["name"]


def test_words_are_filled_in_every_language() -> None:
    assert filled("Hello {name}.", {"name": "Ann"}) == "Hello Ann."
    greeting = filled(Wording({"en": "Hello {name}.", "es": "Hola {name}."}), {"name": "Ann"})
    assert (said_in(greeting, "en"), said_in(greeting, "es")) == ("Hello Ann.", "Hola Ann.")
