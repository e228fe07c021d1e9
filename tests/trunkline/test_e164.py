"""A phone number begins with a plus and its country."""

import pytest

from trunkline import e164


@pytest.mark.parametrize("number", ["+15550100", "+493012345678", "+123456789012345"])
def test_a_number_of_any_country_is_fine(number: str) -> None:
    e164.check(number)


@pytest.mark.parametrize(
    "number", ["", "5550100", "+0155501000", "+1 555 0100", "+1234567890123456", "+15550100\n"]
)
def test_anything_else_is_named(number: str) -> None:
    with pytest.raises(ValueError, match=r"is not E\.164; expected a form like"):
        e164.check(number)


@pytest.mark.parametrize(
    ("written", "home", "number"),
    [
        ("(202) 555-0123", "+15550100", "+12025550123"),
        ("+1 202 555 0123", "+493012345678", "+12025550123"),
        ("030 12345678", "+493012345679", "+493012345678"),
        ("+44 20 7946 0123", "+15550100", "+442079460123"),
    ],
)
def test_a_number_is_written_as_people_do(written: str, home: str, number: str) -> None:
    assert e164.normalise(written, home) == number


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("Ann", "not a phone number; expected one of US"),
        ("555 0123", "nobody can have"),
        ("+1 202 555 0123 ext. 7", "has an extension"),
    ],
)
def test_what_cannot_be_called_is_named(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        e164.normalise(written, "+15550100")
