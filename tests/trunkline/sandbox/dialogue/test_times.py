"""Times of day as callers say them and recognisers write them."""

from datetime import time

import pytest

from trunkline.sandbox.dialogue.times import clock


@pytest.mark.parametrize(
    ("said", "hour", "minute"),
    [
        ("Half-past nine is perfect.", 9, 30),
        ("move it to ten o'clock instead", 10, 0),
        ("ten-fifteen please", 10, 15),
        ("10-15", 10, 15),
        ("9:30", 9, 30),
        ("nine oh five", 9, 5),
        ("a quarter past eleven", 11, 15),
        ("quarter to four", 15, 45),
        ("three pm", 15, 0),
        ("3 p.m.", 15, 0),
        ("two in the afternoon", 14, 0),
        ("five in the morning", 5, 0),
        ("at two", 14, 0),
        ("at nine", 9, 0),
        ("around noon", 12, 0),
        ("14:45", 14, 45),
        ("2026-11-24 09:30", 9, 30),
    ],
)
def test_times(said: str, hour: int, minute: int) -> None:
    assert clock(said) == time(hour, minute)


@pytest.mark.parametrize(
    "said", ["Tuesday the 24th", "I have two kids", "five five five zero one four nine", "24/7", ""]
)
def test_other_numbers_are_no_times(said: str) -> None:
    assert clock(said) is None
