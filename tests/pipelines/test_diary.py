"""The diary: what is free, booked once, moved and cancelled."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines._diary import Diary


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "appointments.db")


def next_weekday(number: int) -> date:
    """The next day of that number (Monday is 0), at least a week ahead."""
    day = date.today() + timedelta(days=7)
    return day + timedelta(days=(number - day.weekday()) % 7)


TUESDAY, SUNDAY = next_weekday(1), next_weekday(6)


def test_a_weekday_has_half_hours_but_not_over_lunch(diary: Diary) -> None:
    slots = [slot.split()[1] for slot in diary.free(TUESDAY, "any")]
    assert (slots[0], slots[-1], len(slots)) == ("09:00", "16:30", 14)
    assert "12:00" not in slots
    assert [slot.split()[1] for slot in diary.free(TUESDAY, "morning")][-1] == "11:30"
    assert diary.free(TUESDAY, "afternoon")[0].endswith("13:00")


def test_the_weekend_and_the_past_are_not_free(diary: Diary) -> None:
    assert diary.free(SUNDAY, "any") == []
    assert diary.free(date(2020, 1, 7), "any") == []


def test_a_slot_is_booked_once(diary: Diary) -> None:
    slot = f"{TUESDAY} 09:30"
    assert diary.book(slot, "Tom Fisher", "check-up")
    assert not diary.book(slot, "Anna Baker", "cleaning")
    assert slot not in diary.free(TUESDAY, "any")
    assert diary.of("tom fisher") == slot


@pytest.mark.parametrize("time", ["12:00", "09:15", "22:00"])
def test_what_is_no_slot_cannot_be_booked(diary: Diary, time: str) -> None:
    assert not diary.book(f"{TUESDAY} {time}", "Tom Fisher", "check-up")


def test_a_booking_moves_only_to_a_free_slot(diary: Diary) -> None:
    diary.book(f"{TUESDAY} 09:30", "Tom Fisher", "check-up")
    diary.book(f"{TUESDAY} 10:00", "Anna Baker", "cleaning")
    assert not diary.move(f"{TUESDAY} 09:30", f"{TUESDAY} 10:00")
    assert diary.move(f"{TUESDAY} 09:30", f"{TUESDAY} 10:30")
    assert diary.of("Tom Fisher") == f"{TUESDAY} 10:30"
    assert f"{TUESDAY} 09:30" in diary.free(TUESDAY, "any")


def test_a_cancelled_slot_is_free_again(diary: Diary) -> None:
    diary.book(f"{TUESDAY} 09:30", "Tom Fisher", "check-up")
    diary.cancel(f"{TUESDAY} 09:30")
    assert diary.of("Tom Fisher") is None
    assert f"{TUESDAY} 09:30" in diary.free(TUESDAY, "any")
