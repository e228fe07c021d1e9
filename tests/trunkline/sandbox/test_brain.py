"""The scripted brain answers by its first fitting rule."""

from typing import Any

import pytest

from trunkline.sandbox.brain import CallTool, ChatRequest, Piece, Rule, Say, ScriptedBrain

RULES = [
    Rule("weather", say="Sunny."),
    Rule("open on (?P<day>\\w+)", say="Let me look up \\g<day>.", call=("opening_hours", {"day": "monday"})),
    Rule("book", call=("book", {"time": "9"})),
    Rule("nine to five", say="We are open from nine to five."),
]

TOOLS = ({"name": "opening_hours"}, {"name": "book"})


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def called(name: str, result: str) -> list[dict[str, Any]]:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    return [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": result},
    ]


def reply(*messages: dict[str, Any], tools: tuple[dict[str, Any], ...] = TOOLS) -> list[Piece]:
    return list(ScriptedBrain(RULES).reply(ChatRequest("gpt-4o-mini", messages, tools)))


def test_the_first_fitting_rule_answers_the_last_thing_the_user_said() -> None:
    assert reply(user("book it"), {"role": "assistant", "content": "Sure."}, user("The WEATHER?")) == [
        Say("Sunny.")
    ]


def test_a_rule_may_speak_and_call_a_tool() -> None:
    assert reply(user("Are you open on Monday?")) == [
        Say("Let me look up Monday."),
        CallTool("opening_hours", {"day": "monday"}),
    ]


def test_after_a_tool_call_rules_are_held_against_its_result() -> None:
    turn = called("opening_hours", '"nine to five"')
    assert reply(user("open on Monday"), *turn) == [Say("We are open from nine to five.")]


def test_a_result_that_no_rule_knows_is_said_as_it_is() -> None:
    assert reply(user("book it"), *called("book", '"Booked for nine."')) == [Say("Booked for nine.")]


def test_a_tool_is_called_once_a_turn_so_no_result_can_make_a_loop() -> None:
    assert reply(user("book it"), *called("book", "cannot book twice")) == [Say("cannot book twice")]
    assert reply(user("book it"), *called("book", "booked"), user("book more")) == [
        CallTool("book", {"time": "9"})
    ]


def test_tools_that_are_not_offered_are_not_called() -> None:
    assert reply(user("book it"), tools=()) == [Say("You said: book it")]


@pytest.mark.parametrize("content", ["hello", [{"type": "text", "text": "hello"}]])
def test_without_a_rule_it_says_back_what_it_heard(content: Any) -> None:
    assert reply(user(content)) == [Say("You said: hello")]
