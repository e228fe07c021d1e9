"""Chunks become words and tool calls, those of faithful servers and those of others."""

import json
from typing import Any

import pytest

from processors.errors import VendorBusy, VendorProtocolError, VendorUnavailable
from processors.openai_reply import Reply
from processors.server_sent_events import Event


def chunk(delta: Any, finish_reason: str | None = None) -> Event:
    return Event(json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}))


def tools(*calls: dict[str, Any]) -> Event:
    return chunk({"tool_calls": list(calls)})


def call(arguments: Any = "", **fields: Any) -> dict[str, Any]:
    name = fields.pop("name", None)
    return {**fields, "function": {"arguments": arguments, **({"name": name} if name else {})}}


def taken(*events: Event) -> Reply:
    reply = Reply("OpenAI")
    for event in events:
        reply.take(event)
    return reply


def called(*events: Event) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.arguments) for call in taken(*events).calls]


def test_words_come_out_as_they_come_in() -> None:
    reply = Reply("OpenAI")
    assert reply.take(chunk({"role": "assistant", "content": ""})) == ""
    assert not reply.started
    assert reply.take(chunk({"content": "Hel"})) == "Hel"
    assert reply.take(chunk({"content": "lo"})) == "lo"
    assert reply.started
    assert not reply.complete
    assert reply.take(chunk({}, "stop")) == ""
    assert reply.complete


def test_a_refusal_is_said_like_any_other_answer() -> None:
    assert Reply("OpenAI").take(chunk({"content": None, "refusal": "I cannot say."})) == "I cannot say."


@pytest.mark.parametrize(
    "empty", [{"choices": []}, {"choices": None}, {"choices": [{"delta": None}]}, {"choices": [{}]}, {}]
)
def test_chunks_without_anything_in_them_are_passed_over(empty: dict[str, Any]) -> None:
    assert Reply("OpenAI").take(Event(json.dumps(empty))) == ""


def test_usage_and_model_are_kept_and_done_completes() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    last = Event(json.dumps({"model": "gpt-x", "choices": [], "usage": usage}))
    reply = taken(chunk({"content": "Hi"}), last)
    assert (reply.usage, reply.model, reply.complete) == (usage, "gpt-x", False)
    reply.take(Event("[DONE]"))
    assert reply.complete


def test_interleaved_tool_calls_are_put_together_by_index() -> None:
    assert called(
        tools(call(index=0, id="call_a", name="book")),
        tools(call(index=1, id="call_b", name="hours")),
        tools(call('{"day"', index=1)),
        tools(call('{"n":', index=0)),
        tools(call(': "x"}', index=1), call("1}", index=0)),
    ) == [("call_a", "book", '{"n":1}'), ("call_b", "hours", '{"day": "x"}')]


def test_calls_that_all_have_index_0_are_told_apart_by_id() -> None:
    assert called(
        tools(call('{"n":1}', index=0, id="call_a", name="book")),
        tools(call('{"n":', index=0, id="call_b", name="book")),
        tools(call("2}", index=0)),
    ) == [("call_a", "book", '{"n":1}'), ("call_b", "book", '{"n":2}')]


def test_calls_without_an_index_are_told_apart_by_id() -> None:
    assert called(
        tools(call("{", id="call_a", name="book"), call("{", id="call_b", name="book")),
        tools(call("}", id="call_a")),
        tools(call("}", id="call_b")),
    ) == [("call_a", "book", "{}"), ("call_b", "book", "{}")]


def test_calls_without_ids_get_some() -> None:
    (first, _, one), (second, _, two) = called(
        tools(call('{"n":1}', name="book")), tools(call('{"n":', name="book")), tools(call("2}", name="book"))
    )
    assert (one, two) == ('{"n":1}', '{"n":2}')
    assert first
    assert second
    assert first != second


def test_a_name_repeated_in_every_delta_is_one_call() -> None:
    assert called(
        tools(call('{"n"', index=0, id="call_a", name="book")),
        tools(call(":1}", index=0, id="call_a", name="book")),
    ) == [("call_a", "book", '{"n":1}')]


def test_arguments_that_are_an_object_already_are_taken() -> None:
    assert called(tools(call({"n": 1}, index=0, id="call_a", name="book"))) == [
        ("call_a", "book", '{"n": 1}')
    ]


@pytest.mark.parametrize(
    "data", ['{"id": "chat', "[1]", '{"choices": [{"delta": {"tool_calls": [7]}}]}', '{"choices": [7]}']
)
def test_what_is_not_a_chunk_is_the_vendor_s_fault(data: str) -> None:
    with pytest.raises(VendorProtocolError):
        taken(Event(data))


def test_error_objects_end_the_reply() -> None:
    with pytest.raises(VendorUnavailable, match=r"OpenAI broke off its reply with an error \(server_error\)"):
        taken(Event('{"error": {"message": "oh, Mrs Miller", "type": "server_error", "code": null}}'))
    with pytest.raises(VendorBusy, match="rate_limit_exceeded"):
        taken(Event('{"error": {"code": "rate_limit_exceeded"}}'))
    with pytest.raises(VendorUnavailable):
        taken(Event('{"error": "overloaded"}'))
    with pytest.raises(VendorUnavailable):
        taken(Event('{"message": "overloaded"}', "error"))
