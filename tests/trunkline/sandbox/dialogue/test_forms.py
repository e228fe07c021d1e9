"""Arguments are gathered one question at a time, and the tool is called when all are there."""

from datetime import date

import pytest

from tests.trunkline.sandbox.dialogue.lines import APPOINTMENTS, FRONT_DESK
from trunkline.sandbox.brain import CallTool, Piece, Say
from trunkline.sandbox.dialogue.forms import Forms
from trunkline.sandbox.dialogue.similarity import Letters
from trunkline.sandbox.dialogue.state import Form, State
from trunkline.sandbox.dialogue.tools import Kind, read

OFFERED = State(offers=("2026-11-24 09:00", "2026-11-24 09:30"))


@pytest.fixture
def forms() -> Forms:
    tools = [read(tool) for tool in (*FRONT_DESK, *APPOINTMENTS[:-1])]
    return Forms({tool.name: tool for tool in tools}, Letters(), date(2026, 11, 22))


def begin(forms: Forms, tool: str, text: str, state: State = OFFERED) -> tuple[State, list[Piece]]:
    return forms.begin(state, forms.tools[tool], text)


def test_what_is_missing_is_asked_for_in_order(forms: Forms) -> None:
    state, pieces = begin(forms, "take_message", "My number is five five five zero one four nine")
    assert pieces == [Say("What is your name, please?")]
    assert state.form == Form("take_message", {"phone": "5550149"}, asked="name")
    assert forms.question(state) == "What is your name, please?"


def test_the_tool_is_called_once_nothing_is_missing(forms: Forms) -> None:
    _, pieces = begin(forms, "find_slots", "on Tuesday afternoon")
    assert pieces == [CallTool("find_slots", {"day": "2026-11-24", "part_of_day": "afternoon"})]


def test_what_the_caller_is_called_is_not_asked_twice(forms: Forms) -> None:
    known = State(facts={Kind.NAME: "Anna"}, offers=OFFERED.offers)
    _, pieces = begin(forms, "move", "at nine thirty", known)
    assert pieces == [CallTool("move", {"name": "Anna", "slot": "2026-11-24 09:30"})]


def test_slots_are_found_before_one_can_be_taken(forms: Forms) -> None:
    state, pieces = begin(forms, "book", "I want to book", State())
    assert pieces == [Say("Which day would suit you?")]
    assert state.goal == "book"
    assert forms.taker(state) == forms.tools["book"]


def test_what_was_asked_for_can_be_corrected_and_the_rest_stays(forms: Forms) -> None:
    form = Form("book", {"slot": "2026-11-24 09:00", "name": "Anna"}, asked="name")
    values = forms.fill(OFFERED, form, "My name is Hannah, at half past nine")
    assert values == {"slot": "2026-11-24 09:00", "name": "Hannah"}


def test_a_tool_that_wants_it_is_confirmed_first(forms: Forms) -> None:
    state, pieces = begin(forms, "cancel", "My name is Anna Baker.")
    assert pieces == [Say("Cancel: Anna Baker. Shall I do that?")]
    assert state.form
    assert forms.go_on(state, state.form)[1] == [CallTool("cancel", {"name": "Anna Baker"})]


def test_each_part_has_its_tool(forms: Forms) -> None:
    named = {
        "finder": forms.finder(),
        "taker": forms.taker(State()),
        "adviser": forms.adviser(),
        "messenger": forms.messenger(),
        "closer": forms.closer(),
    }
    assert {part: tool.name for part, tool in named.items() if tool} == {
        "finder": "find_slots",
        "taker": "book",
        "adviser": "look_up",
        "messenger": "take_message",
        "closer": "end_call",
    }
    assert Forms({}, Letters(), date(2026, 1, 1)).closer() is None
