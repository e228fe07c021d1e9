"""Days in a caller's words: "tomorrow", "next Tuesday", "the twenty-fourth of November"."""

import calendar
import re
from datetime import date, timedelta

from trunkline.sandbox.dialogue.numbers import ORDINALS
from trunkline.sandbox.dialogue.words import plain

WEEKDAYS = [day.lower() for day in calendar.day_name]
MONTHS = [month.lower() for month in calendar.month_name][1:]

RELATIVE = (
    (re.compile(r"\bday after tomorrow\b"), 2),
    (re.compile(r"\b(?:tomorrow|to morrow)\b"), 1),
    (re.compile(r"\b(?:today|to day|tonight|this (?:morning|afternoon|evening))\b"), 0),
    (re.compile(r"\bin (?:a|one) week\b"), 7),
    (re.compile(r"\bin (?:two weeks|a fortnight)\b"), 14),
)
"""Days from today."""

_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_DAY = rf"(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})"
_MONTH = rf"(?P<month>{'|'.join(f'{month}|{month[:3]}' for month in MONTHS)})"

IN_MONTH = (
    re.compile(rf"\b{_MONTH} (?:the )?{_DAY}\b"),
    re.compile(rf"\b{_DAY} (?:of )?{_MONTH}\b"),
)
OF_MONTH = re.compile(rf"\bthe (?P<day>\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL})\b(?! (?:one|slot|time|option))")
ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def day(text: str, today: date) -> date | None:
    """The first day in ``text``, today or later unless it is written with its year."""
    if iso := iso_day(text):
        return iso
    words = plain(text).replace("-", " ")
    for form, days in RELATIVE:
        if form.search(words):
            return today + timedelta(days)
    return _in_month(words, today) or _weekday(words, today) or _of_month(words, today)


def iso_day(text: str) -> date | None:
    """The first ISO date in ``text``."""
    for match in ISO.finditer(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            continue
    return None


def _in_month(words: str, today: date) -> date | None:
    for form in IN_MONTH:
        if match := form.search(words):
            month = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(match["month"]))
            years = (today.year, today.year + 1)
            days = [_valid(year, month, _day_number(match["day"])) for year in years]
            return next((found for found in days if found and found >= today), None)
    return None


def _weekday(words: str, today: date) -> date | None:
    """The next such day; said today, "Tuesday" is never today. "Next week" without a day is its Monday."""
    if match := re.search(rf"\b({'|'.join(WEEKDAYS)})s?\b", words):
        ahead = (WEEKDAYS.index(match[1]) - today.weekday() - 1) % 7 + 1
        return today + timedelta(ahead)
    return today + timedelta(7 - today.weekday()) if re.search(r"\bnext week\b", words) else None


def _of_month(words: str, today: date) -> date | None:
    match = OF_MONTH.search(words)
    if not match:
        return None
    months = [(today.year, today.month), (today.year + today.month // 12, today.month % 12 + 1)]
    days = [_valid(year, month, _day_number(match["day"])) for year, month in months]
    return next((found for found in days if found and found >= today), None)


def _day_number(text: str) -> int:
    return ORDINALS.get(text) or int(re.sub(r"\D", "", text))


def _valid(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
