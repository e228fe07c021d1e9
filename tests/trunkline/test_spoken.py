"""Fields of a line that hold words."""

from dataclasses import dataclass

import pytest

from processors.language_wording import said_in
from trunkline.spoken import Spoken


@dataclass(kw_only=True)
class Some:
    greeting: Spoken = Spoken()
    apology: Spoken = Spoken("Sorry.")


def test_a_text_is_a_text() -> None:
    some = Some(greeting="Hello.")
    assert (some.greeting, some.apology) == ("Hello.", "Sorry.")


def test_a_text_for_each_language_is_said_in_each() -> None:
    some = Some(greeting={"en": "Hello.", "es": "Hola."})
    assert some.greeting == "Hello."
    assert said_in(some.greeting, "es") == "Hola."


def test_lines_do_not_share_their_words() -> None:
    first, second = Some(greeting="One.", apology="Oh."), Some(greeting="Two.")
    assert (first.greeting, first.apology, second.greeting, second.apology) == (
        "One.",
        "Oh.",
        "Two.",
        "Sorry.",
    )


def test_a_field_without_a_default_has_to_be_given() -> None:
    with pytest.raises(TypeError, match="greeting"):
        Some()
