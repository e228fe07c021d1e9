"""Messages become a course of events, as pipecat and others write them."""

import json
from typing import Any

import pytest

from trunkline.sandbox.dialogue.transcript import Called, Heard, Returned, Said, events, system


def call(name: str, number: str = "1", arguments: Any = '{"day": "today"}') -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"role": "assistant", "tool_calls": [{"id": number, "type": "function", "function": function}]}


def result(content: str, number: str = "1") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": number, "content": content}


def notice(status: str, **more: Any) -> str:
    return json.dumps({"type": "async_tool", "status": status, "tool_call_id": "1", **more})


def test_a_whole_turn() -> None:
    assert events(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "Anything today?"},
            call("find"),
            result('"Nothing"'),
        ]
    ) == [
        Said("Hello."),
        Heard("Anything today?"),
        Called("find", {"day": "today"}),
        Returned("find", '"Nothing"'),
    ]


def test_what_was_said_in_one_go_is_one_event() -> None:
    parts = [{"type": "text", "text": "Anna"}, {"type": "text", "text": "Baker"}]
    heard = events([{"role": "user", "content": "My name is"}, {"role": "user", "content": parts}])
    assert heard == [Heard("My name is Anna Baker")]


@pytest.mark.parametrize("content", ["IN_PROGRESS", "CANCELLED", notice("running")])
def test_what_is_no_result_yet_is_none(content: str) -> None:
    assert events([call("find"), result(content)]) == [Called("find", {"day": "today"})]


def test_a_result_that_comes_late_belongs_to_its_tool() -> None:
    late = {"role": "developer", "content": notice("finished", result='"Booked"')}
    course = events([call("book"), result(notice("running")), {"role": "user", "content": "Well?"}, late])
    assert course[1:] == [Heard("Well?"), Returned("book", '"Booked"')]


@pytest.mark.parametrize("arguments", ["not json", "[1]", "", None])
def test_arguments_that_cannot_be_read_are_none(arguments: Any) -> None:
    assert events([call("find", arguments=arguments)]) == [Called("find", {})]


def test_instructions_are_no_events() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "developer", "content": "Be kind."}]
    assert events(messages) == []
    assert system(messages) == "Be brief.\nBe kind."
