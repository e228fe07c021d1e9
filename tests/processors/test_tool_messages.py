"""Tool calls in a context: answered in place, and who has moved on since."""

from typing import Any

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext

from processors import tool_messages as messages

CALL: dict[str, Any] = {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {}}]}
ANSWER: dict[str, Any] = {"role": "tool", "tool_call_id": "1", "content": "IN_PROGRESS"}


def context(*said: str) -> LLMContext:
    after: list[Any] = [{"role": "user", "content": text} for text in said]
    first: Any = {"role": "user", "content": "Book it, please."}
    return LLMContext(messages=[first, dict(CALL), dict(ANSWER), *after])  # type: ignore[list-item]


def test_an_answer_is_written_where_the_old_one_stands() -> None:
    found = context("Hello?")
    assert messages.settle(found, "1", "done")
    assert not messages.settle(found, "2", "done")
    contents = [dict(message).get("content") for message in found.messages if isinstance(message, dict)]
    assert contents == ["Book it, please.", None, "done", "Hello?"]


@pytest.mark.parametrize(
    ("said", "moved_on"),
    [
        ([], False),
        (["Hello?"], False),
        (["Okay.", "Are you?"], False),
        (["And where can I park?"], True),
        (["Hello?", "And where can I park?"], True),
        (None, True),
    ],
)
def test_a_word_or_two_is_not_another_subject(said: list[str] | None, moved_on: bool) -> None:
    assert messages.has_moved_on(said) is moved_on


def test_what_was_said_since_a_call_is_known_while_the_call_is() -> None:
    assert messages.said_since(context("Hello?"), "1") == ["Hello?"]
    assert messages.said_since(context(), "1") == []
    assert messages.said_since(context(), "2") is None
    assert messages.turns_of_caller(context("Hello?")) == 2


def test_results_are_written_as_people_write() -> None:
    assert messages.write("Reserviert für 9 Uhr") == '"Reserviert für 9 Uhr"'
    assert "book" in messages.note("book")["content"]
