"""Arguments of tools, found in the caller's words by the kind of thing they are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from trunkline.sandbox.dialogue import dates, numbers, times
from trunkline.sandbox.dialogue.answers import is_no, is_yes
from trunkline.sandbox.dialogue.names import person
from trunkline.sandbox.dialogue.similarity import Similarity
from trunkline.sandbox.dialogue.tools import Kind, Parameter
from trunkline.sandbox.dialogue.topics import reason, topic
from trunkline.sandbox.dialogue.words import plain

SLOT_FORM = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?")

WHICHEVER = ("any", "either", "all", "whole", "none")
"""A choice that stands for no choice."""

POSITIONS = {
    r"\b(?:first|earliest|former)\b": 0,
    r"\bsecond\b": 1,
    r"\bthird\b": 2,
    r"\b(?:last|latest|latter)\b": -1,
}
"""How an offer is chosen by its place."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the caller said, and what it has to be read with."""

    text: str
    today: date
    similarity: Similarity
    asked: bool = False
    """Whether it answers a question for just this parameter."""
    offers: tuple[str, ...] = ()
    """Slots that were offered, as the tool wrote them."""
    day: date | None = None
    """The day that was last spoken of."""
    topics: tuple[str, ...] = ()
    """What the tool says it knows about."""


def find(parameter: Parameter, words: Words) -> Any | None:
    """The parameter's value; ``None`` if the words do not hold it."""
    value = FINDERS[parameter.kind](parameter, words)
    return [value] if parameter.many and value is not None else value


def offered(text: str) -> tuple[str, ...]:
    """The slots in a tool's result, as they are written there."""
    return tuple(dict.fromkeys(SLOT_FORM.findall(text)))


def _slot(_: Parameter, words: Words) -> str | None:
    if not (moment := times.clock(words.text)):
        return _offer_by_place(words)
    on = dates.day(words.text, words.today)
    for offer in words.offers:
        at = datetime.fromisoformat(offer)
        if (at.hour % 12, at.minute) == (moment.hour % 12, moment.minute) and on in (None, at.date()):
            return offer
    on = on or words.day or next((datetime.fromisoformat(offer).date() for offer in words.offers), None)
    return f"{on} {moment:%H:%M}" if on else None


def _offer_by_place(words: Words) -> str | None:
    for form, place in POSITIONS.items():
        if re.search(form, plain(words.text)) and len(words.offers) > max(place, 0):
            return words.offers[place]
    agreed = len(words.offers) == 1 and is_yes(words.text)
    return words.offers[0] if agreed else None


def _date(_: Parameter, words: Words) -> str | None:
    on = dates.day(words.text, words.today)
    return str(on) if on else None


def _time(_: Parameter, words: Words) -> str | None:
    moment = times.clock(words.text)
    return f"{moment:%H:%M}" if moment else None


def _phone(_: Parameter, words: Words) -> str | None:
    return numbers.phone(words.text, least=3 if words.asked else 5)


def _number(parameter: Parameter, words: Words) -> int | float | None:
    found = numbers.number(words.text) if words.asked or parameter.required else None
    return found if found is None or parameter.whole else float(found)


def _name(_: Parameter, words: Words) -> str | None:
    return person(words.text, asked=words.asked)


def _choice(parameter: Parameter, words: Words) -> Any | None:
    spoken = plain(words.text)
    for choice in parameter.choices:
        if re.search(rf"\b{re.escape(_spoken(choice))}s?\b", spoken):
            return choice
    if words.asked:
        scores = words.similarity.scores(words.text, [_spoken(choice) for choice in parameter.choices])
        best = max(range(len(scores)), key=scores.__getitem__)
        return parameter.choices[best] if scores[best] >= words.similarity.certain else None
    whichever = (choice for choice in parameter.choices if _spoken(choice) in WHICHEVER)
    return next(whichever, None) if parameter.required else None


def _spoken(choice: Any) -> str:
    return plain(str(choice).replace("_", " "))


def _yes_no(_: Parameter, words: Words) -> bool | None:
    if words.asked and (is_yes(words.text) or is_no(words.text)):
        return is_yes(words.text)
    return None


def _query(parameter: Parameter, words: Words) -> str | None:
    return topic(words.text, _named(parameter.examples) + words.topics, words.similarity) or None


def _named(examples: Sequence[str]) -> tuple[str, ...]:
    """Examples without remarks such as "a few words"."""
    return tuple(example for example in examples if "word" not in example)


def _message(_: Parameter, words: Words) -> str | None:
    return words.text.strip().rstrip(".") or None if words.asked else None


def _text(parameter: Parameter, words: Words) -> str | None:
    return reason(words.text, parameter.examples, asked=words.asked)


FINDERS: dict[Kind, Callable[[Parameter, Words], Any | None]] = {
    Kind.QUERY: _query,
    Kind.SLOT: _slot,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.NAME: _name,
    Kind.PHONE: _phone,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _number,
    Kind.MESSAGE: _message,
    Kind.TEXT: _text,
}
