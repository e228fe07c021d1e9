"""Days as callers say them, from a Sunday on."""

from datetime import date

import pytest

from trunkline.sandbox.dialogue.dates import day, iso_day

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("today", "2026-11-22"),
        ("To-morrow morning", "2026-11-23"),
        ("the day after tomorrow", "2026-11-24"),
        ("on Tuesday morning", "2026-11-24"),
        ("next Friday", "2026-11-27"),
        ("Sunday", "2026-11-29"),
        ("sometime next week", "2026-11-23"),
        ("in two weeks", "2026-12-06"),
        ("the 24th", "2026-11-24"),
        ("on the third", "2026-12-03"),
        ("November 24th", "2026-11-24"),
        ("the twenty-fourth of November", "2026-11-24"),
        ("January 5", "2027-01-05"),
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_days(said: str, iso: str) -> None:
    assert str(day(said, SUNDAY)) == iso


@pytest.mark.parametrize(
    "said", ["the second one please", "May I ask", "February thirtieth", "2026-02-30", ""]
)
def test_other_words_are_no_days(said: str) -> None:
    assert day(said, SUNDAY) is None


def test_an_iso_date_is_found_anywhere() -> None:
    assert iso_day("Free: 2026-11-24 09:30") == date(2026, 11, 24)
    assert iso_day("soon") is None
