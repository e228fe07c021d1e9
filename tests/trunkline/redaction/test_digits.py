"""Numbers in a text, however their digits are said."""

import pytest

from trunkline.redaction.digits import runs
from trunkline.redaction.number_words import digits_of
from trunkline.redaction.tokens import tokens


def numbers(text: str, *languages: str) -> list[str]:
    return [run.digits for run in runs(tokens(text), digits_of(languages))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4111 1111-1111", ["411111111111"]),
        ("four one one one", ["4111"]),
        ("forty one eleven", ["4111"]),
        ("double five triple oh", ["55000"]),
        ("four ones and two zeroes", ["111100"]),
        ("oh three oh nine", ["0309"]),
        ("oh, my number is five", ["5"]),
        ("four for one to one", ["44121"]),
        ("for four people", []),
        ("fifty two hundred eighty two ten", ["528210"]),
        ("four thousand fifty six sixty five", ["405665"]),
        ("two thousand and five", ["2005"]),
        ("four two, uh, four two, then four two", ["424242"]),
        ("four two is what four two means", ["42", "42"]),
        ("at nine thirty it is 9:30", ["930"]),
        ("twenty dollars and five cents", []),
        ("pressed 4 7 1 1 #", ["4711"]),
    ],
)
def test_digits_are_found(text: str, found: list[str]) -> None:
    assert numbers(text) == found


def test_other_languages_say_them_one_by_one() -> None:
    assert numbers("cuatro uno uno uno", "es") == ["4111"]
    assert numbers("vier eins zwo drei", "de-CH") == ["4123"]
    assert numbers("cuatro uno uno uno") == []
