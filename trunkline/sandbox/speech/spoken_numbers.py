"""Text as a person would read it out: times, dates, prices, phone numbers and abbreviations in words.

The voice's own pronunciation rules lose the digits of "3:30", read "555-0149" as hundreds and say "saint" for
"St.", so nothing but words and punctuation is left for them.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date
from functools import partial

from trunkline.sandbox.speech.numerals import cardinal, digits, ordinal, year

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

MONTHS = list(calendar.month_name)[1:]
WEEKDAYS = {day[:3]: day for day in calendar.day_name}

SHORTEST_PHONE = 7
"""Digits of the shortest phone number that is written in groups."""

CURRENCIES = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny")}

ABBREVIATIONS = {
    "Dr.": "Doctor",
    "Mr.": "Mister",
    "Mrs.": "Missus",
    "Ms.": "Miz",
    "Ave.": "Avenue",
    "Rd.": "Road",
    "Blvd.": "Boulevard",
    "Apt.": "Apartment",
    "approx.": "approximately",
    "appt.": "appointment",
    "min.": "minutes",
    "hrs.": "hours",
    "etc.": "et cetera",
    "e.g.": "for example",
    "i.e.": "that is",
    "vs.": "versus",
    "&": "and",
    "@": "at",
    "%": "percent",
    "+": "plus",
}
"""Spelled out wherever they stand. "St." and "No." need to be looked at."""


def speakable(text: str) -> str:
    """``text`` with everything that is not a word or punctuation put into words."""
    for pattern, words in RULES:
        text = pattern.sub(words, text)
    return re.sub(r"\s+", " ", text).strip()


def _clock(hour: int, minute: int, half: str) -> str:
    """9, 5, "am" -> "nine oh five A M"; without a half of the day, hours from 13 on say it themselves."""
    if not half and (hour > 12 or hour == 0):
        half = "pm" if hour > 12 else "am"
    spoken = cardinal((hour - 1) % 12 + 1)
    if minute:
        spoken += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    if half:
        return f"{spoken} {' '.join(half.upper())}"
    return spoken if minute else f"{spoken} o'clock"


def _time(match: re.Match[str]) -> str:
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), match["half"] or ""
    if hour > 24 or minute > 59:
        return match[0]
    return _clock(hour, minute, re.sub(r"[^apm]", "", half.lower()))


def _iso_date(match: re.Match[str]) -> str:
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return match[0]
    at = " at " if match["then"] else ""
    return f"{day:%A}, {MONTHS[day.month - 1]} {ordinal(day.day)}{at}"


def _month_day(match: re.Match[str]) -> str:
    month = next(month for month in MONTHS if month.startswith(match["month"]))
    spoken = f"{month} {ordinal(int(match['day']))}"
    return f"{spoken}, {year(int(match['year']))}" if match["year"] else spoken


def _days(match: re.Match[str]) -> str:
    return f"{WEEKDAYS[match[1]]} to {WEEKDAYS[match[2]]}"


def _price(match: re.Match[str]) -> str:
    whole, part = CURRENCIES[match["currency"]]
    amount, cents = int(match["whole"].replace(",", "")), int(match["part"] or 0)
    spoken = f"{cardinal(amount)} {_many(whole, amount)}"
    return f"{spoken} and {cardinal(cents)} {_many(part, cents)}" if cents else spoken


def _many(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return "pence" if noun == "penny" else f"{noun}s"


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    if sum(map(len, groups)) < SHORTEST_PHONE:
        return match[0]
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(map(digits, groups))


def _decimal(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1].replace(',', '')))} point {digits(match[2])}"


def _number(match: re.Match[str]) -> str:
    """Long numbers, and those that begin with a zero, are read digit by digit."""
    plain = match[0].replace(",", "")
    if "," not in match[0] and (len(plain) > 4 or (plain[0] == "0" and len(plain) > 1)):
        return digits(plain)
    return cardinal(int(plain)) if len(plain) <= 12 else digits(plain)


def _year(match: re.Match[str]) -> str:
    return match[1] + year(int(match[2]))


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(int(match[1]))


def _replace(words: str, _: re.Match[str]) -> str:
    return words


def _between(words: str, match: re.Match[str]) -> str:
    return f"{match[1]} {words} {match[2]}"


def _spell(match: re.Match[str]) -> str:
    return f" {ABBREVIATIONS[match[0]]} " if len(match[0]) == 1 else ABBREVIATIONS[match[0]]


_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?"
_HALF = r"\s?(?P<half>[AaPp]\.?[Mm]\b(?:\.(?!\s*$|\s+[A-Z]))?)"
_DAY = "|".join(WEEKDAYS)
_MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
_SHORT = "|".join(
    re.escape(short) if len(short) == 1 else rf"\b{re.escape(short)}" for short in ABBREVIATIONS
)

RULES: tuple[Rule, ...] = (
    (re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?P<then>[T ](?=\d\d?:\d\d))?"), _iso_date),
    (re.compile(r"(?<=\d)\s?(?:[–—]\s?(?=[\d$€£])|-\s?(?=[$€£]))"), partial(_replace, " to ")),
    (re.compile(rf"\b({_DAY})\s?[-–]\s?({_DAY})\b"), _days),
    (re.compile(r"(\d{1,2}:\d\d)\s?-\s?(\d{1,2}:\d\d)"), partial(_between, "to")),
    (re.compile(rf"\b{_TIME}(?:{_HALF})?"), _time),
    (re.compile(rf"\b(?P<hour>\d{{1,2}})(?P<minute>){_HALF}"), _time),
    (re.compile(r"\b24/7\b"), partial(_replace, "twenty-four seven")),
    (
        re.compile(
            rf"\b(?P<month>{_MONTH})\.? "
            r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{4}))?(?![:\d])"
        ),
        _month_day,
    ),
    (re.compile(r"(?P<currency>[$€£])(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d\d))?"), _price),
    (re.compile(r"(?<![\d.])\+?(?:\(\d{2,5}\)|\d{1,5})(?:[ .-]\(?\d{2,4}\)?){1,4}(?![\d.]*\d)"), _phone),
    (re.compile(r"\+\d{7,15}\b"), _phone),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), _ordinal),
    (re.compile(r"(?i)\b((?:in|since|by|of|until|year) )((?:19|20)\d\d)\b"), _year),
    (re.compile(r"\b(\d[\d,]*)\.(\d+)\b"), _decimal),
    (re.compile(r"\b(\d+)-(\d+)\b"), partial(_between, "to")),
    (re.compile(r"\bNo\. ?(?=\d)"), partial(_replace, "number ")),
    (re.compile(r"\b([A-Z]\w+ )St\."), lambda match: f"{match[1]}Street"),
    (re.compile(r"\bSt\.(?= [A-Z])"), partial(_replace, "Saint")),
    (re.compile(r"\bSt\."), partial(_replace, "Street")),
    (re.compile(_SHORT), _spell),
    (re.compile(r"\b(?:911|112|999)\b"), lambda match: digits(match[0])),
    (re.compile(r"\b\d{1,3}(?:,\d{3})+\b|\d+"), _number),
    (re.compile(r"[*_#`~|<>\[\]{}\\^=]+"), partial(_replace, " ")),
    (re.compile(r"\s+(?=[,.;:!?])"), partial(_replace, "")),
)
"""In order: what is more particular comes first, so that a date is not taken for a phone number."""
