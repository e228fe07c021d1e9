"""Dates, said in any of many ways."""

import pytest

from trunkline.redaction.dates import Date, dates
from trunkline.redaction.tokens import tokens


def found(text: str) -> Date:
    (date,) = dates(tokens(text))
    return date


@pytest.mark.parametrize(
    "text",
    [
        "March third nineteen eighty one",
        "the third of March 1981",
        "3 March 1981",
        "March 3rd, eighty one",
        "nineteen eighty one, March the third",
    ],
)
def test_the_same_day_is_told_in_many_ways(text: str) -> None:
    assert found(text).same_as == (81, 3, 3)
    assert found(text).is_whole


@pytest.mark.parametrize("text", ["03/03/1981", "three three eighty one", "oh three oh three eighty one"])
def test_numbers_alone_may_be_a_whole_date(text: str) -> None:
    assert found(text).is_whole
    assert found(text).same_as is None


def test_a_part_of_a_date_is_not_whole() -> None:
    assert not found("May fifth").is_whole
    assert not found("January").is_whole
    assert found("seven").is_nothing


def test_may_i_is_no_month() -> None:
    assert dates(tokens("may I march on")) == []
    assert found("may fifth").month == 5
    assert found("the twenty first of June").day == 21
