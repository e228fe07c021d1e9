"""People are called by the clock on their own wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from trunkline.outbound.hours import Hours, zones_of

NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return TUESDAY + timedelta(hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("utc", "fits"), [(at(13, 59), False), (at(14), True), (at(24, 59), True), (at(25), False)]
)
def test_the_callees_wall_decides(utc: datetime, fits: bool) -> None:
    assert Hours("09:00", "20:00").fit(utc, [NEW_YORK]) is fits


def test_several_zones_must_all_fit() -> None:
    hours = Hours()
    assert hours.fit(at(15), [NEW_YORK])
    assert not hours.fit(at(15), [NEW_YORK, LOS_ANGELES])
    assert not hours.fit(at(15), [])


def test_the_next_opening_may_be_days_away() -> None:
    hours = Hours("09:00", "17:00", "mon,fri")
    assert hours.next(at(15), [NEW_YORK]) == datetime(2026, 11, 27, 14, tzinfo=UTC)
    assert hours.next(datetime(2026, 11, 27, 15, 7, tzinfo=UTC), [NEW_YORK]) == datetime(
        2026, 11, 27, 15, 7, tzinfo=UTC
    )
    assert hours.next(at(15), []) is None


@pytest.mark.parametrize(
    ("days", "numbers"),
    [("mon-fri", {0, 1, 2, 3, 4}), ("sat-mon", {5, 6, 0}), ("Tue, Thu", {1, 3}), ("sun", {6})],
)
def test_days_are_named_or_spanned(days: str, numbers: set[int]) -> None:
    assert Hours(days=days).weekdays() == numbers


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"opens": "9"}, "is no time"),
        ({"opens": "20:00", "closes": "09:00"}, "expected it later"),
        ({"days": "everyday"}, "not understood"),
    ],
)
def test_what_makes_no_sense_is_named(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Hours(**wrong)


def test_a_number_tells_where_it_may_be() -> None:
    assert zones_of("+12025550123") == [NEW_YORK]
    assert NEW_YORK in zones_of("+18005550123")
    assert len(zones_of("+18005550123")) > 5
    assert zones_of("+15550123") == []
    assert str(Hours("09:00", "17:00", "mon-fri")) == "09:00 to 17:00, mon-fri"
