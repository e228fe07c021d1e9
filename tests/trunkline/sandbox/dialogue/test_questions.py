"""Each kind of thing is asked for in its own words."""

from typing import Any

import pytest

from tests.trunkline.sandbox.dialogue import lines
from tests.trunkline.sandbox.dialogue.lines import function, text
from trunkline.sandbox.dialogue.questions import abilities, confirmation, question
from trunkline.sandbox.dialogue.tools import read


@pytest.mark.parametrize(
    ("name", "schema", "asked"),
    [
        ("name", text(), "What is your name, please?"),
        ("phone", text(), "What number can we reach you on?"),
        ("day", text(format="date"), "Which day would suit you?"),
        ("reason", text(), "What is it for?"),
        ("car_model", text(), "What is the car model?"),
        ("number_of_guests", {"type": "integer"}, "How many guests?"),
        ("size", {"enum": ["small", "large"]}, "Which size would you like: small or large?"),
        ("gift_wrap", {"type": "boolean"}, "Gift wrap, yes or no?"),
    ],
)
def test_questions(name: str, schema: dict[str, Any], asked: str) -> None:
    assert question(read(function("do", "Does it.", **{name: schema})).parameters[0]) == asked


def test_a_slot_is_asked_for_by_what_was_offered() -> None:
    slot = read(lines.BOOK).parameters[0]
    assert question(slot) == "Which day and time would you like?"
    assert question(slot, ["2026-11-24 09:30"]) == "Which time would you like?"


def test_what_is_going_to_be_done_is_said_first() -> None:
    said = confirmation(read(lines.CANCEL), {"name": "Anna", "slot": "2026-11-24 09:30"})
    assert said == "Cancel: Anna, Tuesday, November 24 at 9:30. Shall I do that?"


def test_callers_are_told_what_they_can_ask_for() -> None:
    tools = [read(lines.BOOK), read(lines.CANCEL), read({"name": "call_taxi"})]
    assert abilities(tools) == (
        "I can book an appointment in a free slot, cancel a caller's appointment or call taxi."
    )
    assert "no tools" in abilities([])
