"""What a tool returned, as speech."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from trunkline.sandbox.dialogue.filling import SLOT_FORM
from trunkline.sandbox.dialogue.words import listing, sentence

SPEECH = ("speech", "say", "answer", "message", "text", "summary", "result")
"""Keys under which an object holds a sentence."""

DONE = ("done", "completed", "ok", "success", "true", "")

_SLOT = SLOT_FORM.pattern
SLOTS = re.compile(rf"{_SLOT}(?:(?:, and |, or |, | and | or ){_SLOT})*")
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def spoken(content: str) -> str:
    """A tool's result, a plain text or JSON, as one or more sentences."""
    try:
        value = json.loads(content)
    except ValueError:
        value = content
    return sentence(humane(_text(value)))


def failed(content: str) -> bool:
    """Whether the result says that something went wrong."""
    try:
        value = json.loads(content)
    except ValueError:
        return False
    return value is False or (isinstance(value, dict) and "error" in value)


def humane(text: str) -> str:
    """``text`` with its ISO dates and times as people say them, each day named once in a row."""
    days: list[date] = []
    text = SLOTS.sub(lambda match: _slots(match[0], days), text)
    return DAY.sub(lambda match: _day(date.fromisoformat(match[0])), text)


def _text(value: Any) -> str:
    match value:
        case None | True:
            return "Done"
        case False:
            return "Sorry, that did not work"
        case str():
            return "Done" if value.strip().lower() in DONE else value
        case list():
            return listing(map(_text, value), "or") or "There is nothing"
        case dict():
            return _object(value)
    return str(value)


def _object(value: Mapping[str, Any]) -> str:
    if "error" in value:
        return f"Sorry, that did not work: {_text(value['error'])}"
    speech = next((value[key] for key in SPEECH if isinstance(value.get(key), str)), None)
    return speech or ", ".join(f"{key.replace('_', ' ')} {_text(item)}" for key, item in value.items())


def _slots(text: str, days: list[date]) -> str:
    """A row of slots: "Tuesday, November 24 at 9:00, 9:30 or 10:00"; ``days`` are those that were named."""
    moments = [datetime.fromisoformat(slot) for slot in SLOT_FORM.findall(text)]
    return listing(_by_day(moments, days), "or")


def _by_day(moments: list[datetime], days: list[date]) -> Iterator[str]:
    for day, group in groupby(moments, datetime.date):
        named = days[-1:] == [day]
        days.append(day)
        for at, moment in enumerate(group):
            yield clock(moment) if named or at else f"{_day(day)} at {clock(moment)}"


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}"


def clock(moment: datetime) -> str:
    """9:30, 2:15 PM."""
    return f"{(moment.hour - 1) % 12 + 1}:{moment:%M}" + (" PM" if moment.hour >= 12 else "")
