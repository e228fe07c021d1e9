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
