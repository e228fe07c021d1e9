"""Words of digits, by language."""

import pytest

from trunkline.redaction.number_words import DIGITS, digits_of


@pytest.mark.parametrize("language", DIGITS)
def test_every_language_has_ten_digits(language: str) -> None:
    assert set(DIGITS[language].values()) == set("0123456789")


def test_english_is_understood_on_every_line() -> None:
    known = digits_of(["es-MX", "xx"])
    assert (known["cuatro"], known["four"]) == ("4", "4")
    assert "vier" not in known
