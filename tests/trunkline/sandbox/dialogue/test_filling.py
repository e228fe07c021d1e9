"""Arguments are found by the kind of thing they are."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.trunkline.sandbox.dialogue.lines import function, text
from trunkline.sandbox.dialogue.filling import Words, find, offered
from trunkline.sandbox.dialogue.similarity import Letters
from trunkline.sandbox.dialogue.tools import Parameter, read

WORDS = Words("", date(2026, 11, 22), Letters())
OFFERS = ("2026-11-24 09:00", "2026-11-24 09:30", "2026-11-24 14:00")


def parameter(name: str, schema: dict[str, Any], *, optional: bool = False) -> Parameter:
    return read(function("do", "Does it.", optional=[name] if optional else [], **{name: schema})).parameters[
        0
    ]


def found(
    name: str, schema: dict[str, Any], said: str, *, asked: bool = False, optional: bool = False
) -> Any:
    return find(parameter(name, schema, optional=optional), replace(WORDS, text=said, asked=asked))


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("Half past nine is perfect.", "2026-11-24 09:30"),
        ("two o'clock, please", "2026-11-24 14:00"),
        ("the first one", "2026-11-24 09:00"),
        ("the last one, please", "2026-11-24 14:00"),
        ("ten o'clock", "2026-11-24 10:00"),
        ("Friday at ten", "2026-11-27 10:00"),
        ("yes", None),
    ],
)
def test_a_slot_is_an_offer_or_else_a_day_and_a_time(said: str, slot: str | None) -> None:
    words = replace(WORDS, text=said, offers=OFFERS)
    assert find(parameter("slot", text()), words) == slot


def test_the_only_offer_can_be_agreed_to() -> None:
    assert find(parameter("slot", text()), replace(WORDS, text="Yes, please", offers=OFFERS[:1])) == OFFERS[0]


def test_a_time_alone_needs_a_day() -> None:
    assert found("slot", text(), "at ten") is None
    words = replace(WORDS, text="at ten", day=date(2026, 11, 25))
    assert find(parameter("slot", text()), words) == "2026-11-25 10:00"


@pytest.mark.parametrize(
    ("name", "schema", "said", "value"),
    [
        ("day", text(format="date"), "next tuesday", "2026-11-24"),
        ("at", text(format="time"), "half past two", "14:30"),
        ("phone", text(), "five five five zero one four nine", "5550149"),
        ("guests", {"type": "integer"}, "for four people", 4),
        ("price", {"type": "number"}, "twenty", 20.0),
        ("name", text(), "My name is Anna Baker.", "Anna Baker"),
        ("size", {"enum": ["small", "extra_large"]}, "extra large please", "extra_large"),
        ("part", {"enum": ["morning", "any"]}, "on Tuesday", "any"),
        ("days", {"type": "array", "items": text(format="date")}, "tomorrow", ["2026-11-23"]),
        ("message", text(), "Call me back.", None),
    ],
)
def test_what_is_said_in_passing(name: str, schema: dict[str, Any], said: str, value: Any) -> None:
    assert found(name, schema, said) == value


@pytest.mark.parametrize(
    ("name", "schema", "said", "value"),
    [
        ("name", text(), "Tom Fisher", "Tom Fisher"),
        ("message", text(), "Call me back.", "Call me back"),
        ("reason", text(), "It's for my knee.", "my knee"),
        ("vegetarian", {"type": "boolean"}, "no, I eat anything", False),
        ("vegetarian", {"type": "boolean"}, "hm", None),
        ("size", {"enum": ["small", "largest"]}, "a large one", "largest"),
    ],
)
def test_what_is_said_to_a_question(name: str, schema: dict[str, Any], said: str, value: Any) -> None:
    assert found(name, schema, said, asked=True) == value


def test_what_is_optional_is_taken_only_if_it_is_said() -> None:
    part = {"enum": ["morning", "any"]}
    assert found("part", part, "on Tuesday", optional=True) is None
    assert found("part", part, "Tuesday morning", optional=True) == "morning"


def test_offers_are_kept_as_they_are_written() -> None:
    assert offered("Free: 2026-11-24 09:30, 2026-11-24T10:00, 2026-11-24 09:30") == (
        "2026-11-24 09:30",
        "2026-11-24T10:00",
    )
