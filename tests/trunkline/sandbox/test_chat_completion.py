"""Replies have the shape of OpenAI's."""

import json

import pytest

from trunkline.sandbox.brain import CallTool, Say
from trunkline.sandbox.chat_completion import Completion, event, tokens
from trunkline.sandbox.chat_request import ChatRequest

REQUEST = ChatRequest("gpt-4o-mini", ({"role": "user", "content": "hello there"},), include_usage=True)


@pytest.mark.parametrize("text", ["We are open.", " a  b\n\nc ", "", "naïve – “quotes”", "\ttab"])
def test_tokens_are_words_and_lose_nothing(text: str) -> None:
    assert "".join(tokens(text)) == text
    assert len(tokens("We are open.")) == 3


def test_a_tool_call_comes_in_pieces_name_first() -> None:
    chunks = list(Completion(REQUEST).tokens([CallTool("book", {"day": "monday", "n": 1})]))
    deltas = [chunk["choices"][0]["delta"]["tool_calls"][0] for chunk in chunks]
    assert deltas[0]["id"].startswith("call_")
    assert deltas[0]["function"] == {"name": "book", "arguments": ""}
    assert all("id" not in delta and "name" not in delta["function"] for delta in deltas[1:])
    assert json.loads("".join(delta["function"]["arguments"] for delta in deltas)) == {
        "day": "monday",
        "n": 1,
    }
    assert len(deltas) > 3


def test_several_tool_calls_are_told_apart_by_index() -> None:
    chunks = list(Completion(REQUEST).tokens([CallTool("a", {}), CallTool("b", "not json")]))
    calls = [chunk["choices"][0]["delta"]["tool_calls"][0] for chunk in chunks]
    assert [call["index"] for call in calls] == [0, 0, 1, 1]
    assert calls[-1]["function"]["arguments"] == "not json"


def test_the_stream_ends_with_a_finish_reason_and_the_usage() -> None:
    completion = Completion(REQUEST)
    assert len(list(completion.tokens([Say("one two three")]))) == 3
    finish, usage = completion.closing()
    assert finish["choices"][0] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    assert finish["usage"] is None
    assert usage["choices"] == []
    counts = usage["usage"]
    assert counts["completion_tokens"] == 3
    assert counts["total_tokens"] == counts["prompt_tokens"] + 3
    assert counts["prompt_tokens"] > 5


def test_all_chunks_of_a_reply_share_its_id() -> None:
    completion = Completion(REQUEST)
    chunks = [completion.opening(), *completion.tokens([Say("a b")]), *completion.closing()]
    assert {chunk["id"] for chunk in chunks} == {completion.id}
    assert completion.id.startswith("chatcmpl-")


def test_an_event_is_one_line_of_json() -> None:
    assert event({"text": "two\nlines"}) == b'data: {"text":"two\\nlines"}\n\n'
    assert event("[DONE]") == b"data: [DONE]\n\n"
