"""Requests are read as OpenAI reads them: valid ones whole, invalid ones refused by parameter."""

from typing import Any

import pytest

from trunkline.sandbox.chat_request import InvalidRequest, parse

USER = {"role": "user", "content": "hi"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLS = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "done"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


def body(**changes: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini", "messages": [USER], **changes}


def test_a_valid_request_keeps_what_matters() -> None:
    request = parse(
        body(
            messages=[{"role": "developer", "content": "Be brief."}, USER, CALLS, RESULT],
            tools=[TOOL],
            stream=True,
            stream_options={"include_usage": True},
            temperature=0.3,
        )
    )
    assert request.model == "gpt-4o-mini"
    assert request.stream
    assert request.include_usage
    assert request.offered == {"f"}
    assert request.user_text == "hi"
    assert request.since_user == (CALLS, RESULT)
    assert request.body["temperature"] == 0.3


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ([], None, None),
        ({"messages": [USER]}, None, None),
        ({"model": "gpt-4o-mini"}, "messages", "missing_required_parameter"),
        (body(messages="hi"), "messages", "invalid_type"),
        (body(messages=[]), "messages", "empty_array"),
        (body(messages=["hi"]), "messages[0]", "invalid_type"),
        (body(messages=[{"content": "hi"}]), "messages[0].role", "missing_required_parameter"),
        (body(messages=[{"role": "robot", "content": "hi"}]), "messages[0].role", "invalid_value"),
        (body(messages=[{"role": "user"}]), "messages[0].content", "invalid_type"),
        (body(messages=[{"role": "assistant", "content": None}]), "messages[0].content", "invalid_type"),
        (
            body(messages=[{"role": "tool", "content": "x"}]),
            "messages[0].tool_call_id",
            "missing_required_parameter",
        ),
        (body(messages=[USER, RESULT]), "messages.[1].role", None),
        (body(messages=[USER, CALLS, RESULT, RESULT]), "messages.[3].role", None),
        (body(messages=[USER, CALLS]), "messages.[1].role", None),
        (body(messages=[USER, CALLS, USER]), "messages.[1].role", None),
        (body(loudness=11), "loudness", "unknown_parameter"),
        (body(temperature=3), "temperature", "decimal_above_max_value"),
        (body(temperature=-1), "temperature", "decimal_below_min_value"),
        (body(temperature="warm"), "temperature", "invalid_type"),
        (body(stream_options={"include_usage": True}), "stream_options", None),
        (body(tools=[]), "tools", "empty_array"),
        (body(tools={}), "tools", "invalid_type"),
        (body(tools=[{"type": "function"}]), "tools[0].function", "missing_required_parameter"),
        (
            body(tools=[{"type": "function", "function": {"name": "no spaces"}}]),
            "tools[0].function.name",
            "invalid_value",
        ),
        (
            body(tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "array"}}}]),
            "tools[0].function.parameters",
            "invalid_function_parameters",
        ),
        (body(tool_choice="auto"), "tool_choice", None),
    ],
)
def test_what_openai_refuses_is_refused(wrong: Any, param: str | None, code: str | None) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(wrong)
    assert (refused.value.param, refused.value.code) == (param, code)
