"""When people may be called: by the clock on their own wall, which their number tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")

UNKNOWN_ZONE = "Etc/Unknown"
"""What phonenumbers says of a number that could be anywhere."""

STEP = timedelta(minutes=15)
"""In which the next opening is looked for: time zones differ by quarters of an hour."""

HORIZON = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of day to another, on some days of the week, where the callee is.

    A number that may be in several time zones, such as a toll-free one, must fit in all of them.

    Raises:
        ValueError: a time or a day that is none.
    """

    opens: str = "09:00"
    closes: str = "20:00"
    """``24:00`` is midnight."""
    days: str = "mon-sun"
    """``mon-fri``, or ``mon,wed,sat``."""

    def __post_init__(self) -> None:
        for name in ("opens", "closes"):
            if not CLOCK.fullmatch(getattr(self, name)):
                raise ValueError(
                    f"Hours({name}={getattr(self, name)!r}) is no time; expected one like '09:00'"
                )
        if self.opens >= self.closes:
            raise ValueError(f"Hours opens at {self.opens} and closes at {self.closes}; expected it later")
        self.weekdays()

    def weekdays(self) -> frozenset[int]:
        """Monday is 0.

        Raises:
            ValueError: ``days`` names one that is none.
        """
        found: set[int] = set()
        for part in self.days.lower().replace(" ", "").split(","):
            first, _, last = part.partition("-")
            if first not in DAYS or (last or first) not in DAYS:
                raise ValueError(
                    f"Hours(days={self.days!r}) is not understood; expected 'mon-fri' or 'mon,wed'"
                )
            begin, end = DAYS.index(first), DAYS.index(last or first)
            found.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
        return frozenset(found)

    def fit(self, at: datetime, zones: Sequence[tzinfo]) -> bool:
        """Whether it is a time to call, in all of these zones; never, if there is none.

        Args:
            at: with its zone.
            zones: where the callee may be.
        """
        days = self.weekdays()
        return bool(zones) and all(self._fits(at.astimezone(zone), days) for zone in zones)

    def next(self, at: datetime, zones: Sequence[tzinfo]) -> datetime | None:
        """When it is next a time to call: at once, or at a quarter of an hour; None if it never is."""
        if self.fit(at, zones):
            return at
        later = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + STEP
        while later <= at + HORIZON:
            if self.fit(later, zones):
                return later
            later += STEP
        return None

    def _fits(self, local: datetime, days: frozenset[int]) -> bool:
        clock = local.time().isoformat("minutes")
        return local.weekday() in days and self.opens <= clock < self.closes

    def __str__(self) -> str:
        return f"{self.opens} to {self.closes}" + ("" if self.days == "mon-sun" else f", {self.days}")


def zones_of(number: str) -> list[tzinfo]:
    """Where somebody with this number may be; empty if nobody knows.

    Args:
        number: E.164.
    """
    import phonenumbers
    from phonenumbers import timezone

    zones: list[tzinfo] = []
    for name in timezone.time_zones_for_number(phonenumbers.parse(number)):
        if name == UNKNOWN_ZONE:
            return []
        try:
            zones.append(ZoneInfo(name))
        except ZoneInfoNotFoundError:
            return []  # this machine has no time zones: pip install tzdata
    return zones
