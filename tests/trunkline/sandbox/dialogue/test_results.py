"""What tools return is said as a person would say it."""

import json
from datetime import datetime
from typing import Any

import pytest

from trunkline.sandbox.dialogue.results import clock, failed, spoken


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("We close at six.", "We close at six."),
        ("Free: 2026-11-24 09:00, 2026-11-24 09:30", "Free: Tuesday, November 24 at 9:00 or 9:30."),
        (
            ["2026-11-24 09:00", "2026-11-25 14:00"],
            "Tuesday, November 24 at 9:00 or Wednesday, November 25 at 2:00 PM.",
        ),
        ("from 2026-11-24 09:30 to 2026-11-24 10:00", "From Tuesday, November 24 at 9:30 to 10:00."),
        ("closed on 2026-12-25", "Closed on Friday, December 25."),
        ([], "There is nothing."),
        ({"message": "All done"}, "All done."),
        ({"open_until": "six", "free": 3}, "Open until six, free 3."),
        ({"error": "the slot is taken"}, "Sorry, that did not work: the slot is taken."),
        (None, "Done."),
        ("done", "Done."),
        (False, "Sorry, that did not work."),
        (12, "12."),
    ],
)
def test_results(result: Any, said: str) -> None:
    assert spoken(json.dumps(result)) == said


def test_a_result_that_is_no_json_is_said_too() -> None:
    assert spoken("We close at six") == "We close at six."


def test_failures_are_told_from_results() -> None:
    assert failed('{"error": "no"}')
    assert failed("false")
    assert not failed('{"ok": true}')
    assert not failed("plain text")


def test_times_of_the_afternoon_say_so() -> None:
    assert clock(datetime(2026, 11, 24, 9, 30)) == "9:30"
    assert clock(datetime(2026, 11, 24, 12, 0)) == "12:00 PM"
    assert clock(datetime(2026, 11, 24, 15, 5)) == "3:05 PM"
