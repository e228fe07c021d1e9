"""Times of day in a caller's words: "half past nine", "ten fifteen", "3 pm", "noon"."""

import re
from datetime import time

from trunkline.sandbox.dialogue.numbers import DECADES, UNITS
from trunkline.sandbox.dialogue.words import plain

_HOURS = {word: number for word, number in UNITS.items() if 1 <= number <= 12}
_MINUTES = {f"oh {word}": number for word, number in UNITS.items() if 1 <= number < 10}
_MINUTES |= {
    f"{ten} {one}": d + u for ten, d in DECADES.items() for one, u in UNITS.items() if 0 < u < 10 and d < 60
}
_MINUTES |= {word: number for word, number in (UNITS | DECADES).items() if 10 <= number < 60}

_HOUR = rf"(?P<hour>{'|'.join(_HOURS)}|[01]?\d|2[0-4])"
_MINUTE = rf"(?P<minute>{'|'.join(sorted(_MINUTES, key=len, reverse=True))}|[0-5]\d)"
_HALF = r"(?:\s*(?P<half>[ap]\s?m|in the morning|in the afternoon|in the evening|at night)\b)"

FORMS = tuple(
    re.compile(rf"(?<![\d:.-])\b{form}\b")
    for form in (
        rf"half past {_HOUR}(?P<half_past>)\b{_HALF}?",
        rf"(?:a )?quarter past {_HOUR}(?P<quarter_past>)\b{_HALF}?",
        rf"(?:a )?quarter to {_HOUR}(?P<quarter_to>)\b{_HALF}?",
        rf"{_HOUR}[\s:.-]{_MINUTE}\b{_HALF}?(?![:.-]?\d)",
        rf"{_HOUR} ?o'? ?clock\b{_HALF}?",
        rf"{_HOUR}{_HALF}",
        rf"(?:at|for|around|about|by|take|the) {_HOUR}(?! (?:{'|'.join(UNITS)}|of)\b)(?![:.-]?\d)",
    )
)

WORDS = {"noon": time(12), "midday": time(12), "midnight": time(0)}

EVENING = range(1, 7)
"""Hours that mean the afternoon unless somebody says otherwise: shops are shut at four in the morning."""


def clock(text: str) -> time | None:
    """The first time of day in ``text``."""
    words = plain(text)
    for word, moment in WORDS.items():
        if re.search(rf"\b{word}\b", words):
            return moment
    matches = (form.search(words) for form in FORMS)
    return next((_time(match) for match in matches if match), None)


def _time(match: re.Match[str]) -> time:
    groups = match.groupdict()
    hour = _HOURS.get(groups["hour"]) or int(groups["hour"])
    spoken = groups.get("minute") or "0"
    minute = _MINUTES[spoken] if spoken in _MINUTES else int(spoken)
    if "half_past" in groups:
        minute = 30
    if "quarter_past" in groups:
        minute = 15
    if "quarter_to" in groups:
        hour, minute = hour - 1, 45
    return time(_on_24_hours(hour, (groups.get("half") or "").replace(" ", "")) % 24, minute)


def _on_24_hours(hour: int, half: str) -> int:
    if half in ("am", "inthemorning"):
        return hour % 12
    if half in ("pm", "intheafternoon", "intheevening", "atnight"):
        return hour % 12 + 12
    return hour + 12 if hour in EVENING else hour
