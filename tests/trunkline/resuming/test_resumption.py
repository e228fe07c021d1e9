"""What was kept of a call becomes a conversation that can go on."""

from typing import Any

from processors.tool_messages import UNKNOWN
from trunkline.records import ToolCall, Turn
from trunkline.resuming.resumption import DROPPED, NOT_AGAIN, Resumed, Unheard

USER = {"role": "user", "content": "When?"}
AGENT = {"role": "assistant", "content": "At eight."}
TURN = Turn(index=3, caller="When?", agent="At")


def called(name: str, content: str) -> list[dict[str, Any]]:
    function = {"name": name, "arguments": "{}"}
    return [
        {"role": "assistant", "tool_calls": [{"id": "c1", "function": function, "type": "function"}]},
        {"role": "tool", "content": content, "tool_call_id": "c1"},
    ]


def deed(*, runs: bool, others: list[str] | None = None) -> dict[str, Any]:
    result = {"error": "book was cut off", "note": UNKNOWN} if runs else "Booked."
    return {"tool_call_id": "c1", "others": others or [], "runs": runs, "result": result}


def test_an_answered_call_has_nothing_due() -> None:
    resumed = Resumed.of({"messages": [USER, AGENT], "attempts": 2, "stage": "a", "language": "es"}, TURN)
    assert (resumed.messages, resumed.turn) == ((USER, AGENT), TURN)
    assert not resumed.answer_due
    assert (resumed.attempts, resumed.stage, resumed.language) == (2, "a", "es")


def test_what_was_heard_of_an_open_reply_belongs_to_the_turn() -> None:
    resumed = Resumed.of({"messages": [USER], "heard": "eight.", "unheard": ["Or nine."]}, TURN)
    assert resumed.messages[-1] == {"role": "assistant", "content": "eight."}
    assert resumed.turn.agent == "At eight."
    assert resumed.unheard == Unheard(("Or nine.",))
    assert not resumed.answer_due


def test_a_reply_of_which_nothing_was_heard_is_no_answer_that_is_due() -> None:
    assert not Resumed.of({"messages": [USER], "unheard": ["At eight."]}, TURN).answer_due
    assert Resumed.of({"messages": [USER], "unheard": ["At"], "is_cut": True}, TURN).answer_due
    assert Resumed.of({"messages": [USER]}, TURN).answer_due


def test_words_that_are_no_turn_become_one_and_are_answered() -> None:
    resumed = Resumed.of({"messages": [AGENT], "caller": "And then?", "unheard": ["More."]}, TURN)
    assert resumed.messages[-1] == {"role": "user", "content": "And then?"}
    assert resumed.turn == Turn(index=4, caller="And then?")
    assert resumed.answer_due
    assert not resumed.unheard


def test_a_caller_who_was_speaking_is_not_answered() -> None:
    resumed = Resumed.of({"messages": [AGENT], "caller": "And th", "speaks": True}, TURN)
    assert (resumed.broken_off, resumed.answer_due) == ("And th", False)


def test_a_noise_is_no_reason_to_leave_a_question_open() -> None:
    assert Resumed.of({"messages": [USER], "speaks": True}, TURN).answer_due


def test_a_tool_that_was_lost_and_changed_nothing_may_be_called_again() -> None:
    resumed = Resumed.of({"messages": [USER, *called("look", "IN_PROGRESS")]}, TURN)
    assert resumed.messages[-1]["content"] == DROPPED
    assert resumed.answer_due


def test_a_deed_without_an_end_is_told_as_such_whatever_stood_there() -> None:
    for content in ("IN_PROGRESS", "Being carried out: ..."):
        state = {"messages": [USER, *called("book", content)], "deeds": [deed(runs=True)]}
        resumed = Resumed.of(state, TURN)
        assert UNKNOWN in resumed.messages[-1]["content"]
        assert resumed.answer_due
    assert NOT_AGAIN in UNKNOWN


def test_words_ahead_of_a_lost_tool_are_not_its_answer() -> None:
    state = {"messages": [USER, *called("look", "IN_PROGRESS")], "unheard": ["Let me see."]}
    assert Resumed.of(state, TURN).answer_due


def test_a_deed_that_has_ended_has_its_result() -> None:
    state = {"messages": [USER, *called("book", "IN_PROGRESS")], "deeds": [deed(runs=False)]}
    assert Resumed.of(state, TURN).messages[-1]["content"] == '"Booked."'


def test_a_tool_call_that_did_not_get_into_the_context_is_put_there() -> None:
    tool = {"name": "book", "arguments": {"slot": "nine"}, "id": "c1"}
    state = {"messages": [USER], "tools": [tool], "deeds": [deed(runs=True)]}
    call, answer = Resumed.of(state, TURN).messages[1:]
    assert call["tool_calls"][0]["function"] == {"name": "book", "arguments": '{"slot": "nine"}'}
    assert UNKNOWN in answer["content"]


def test_turns_alone_give_a_conversation_with_its_tools() -> None:
    tools = (ToolCall("book", {"slot": "nine"}, result="Booked."), ToolCall("look"))
    turns = [Turn(index=0, agent="Hello."), Turn(index=1, caller="Book.", tools=tools, stage="x")]
    resumed = Resumed.of_turns(turns)
    assert [message["role"] for message in resumed.messages] == [
        *("assistant", "user", "assistant", "tool", "assistant", "tool")
    ]
    assert [m["content"] for m in resumed.messages if m["role"] == "tool"] == ['"Booked."', DROPPED]
    assert (resumed.turn, resumed.stage, resumed.answer_due) == (turns[1], "x", True)


def test_a_call_of_which_nothing_was_heard_begins_anew() -> None:
    assert not Resumed.of_turns([]).has_begun
    assert Resumed(is_known=False).has_begun
    assert Resumed(unheard=Unheard(("Hello.",))).has_begun


def test_what_is_said_to_nobody_is_owed_behind_what_was_owed_before() -> None:
    assert Unheard(("a",)).then(Unheard(("b",), is_cut=True)) == Unheard(("a", "b"), is_cut=True)
    assert Unheard(("a",), is_cut=True).then(Unheard()) == Unheard(("a",), is_cut=True)


def test_each_attempt_counts_also_in_what_is_kept() -> None:
    again = Resumed.of({"messages": [USER], "attempts": 2}, TURN).again()
    assert again.attempts == again.state["attempts"] == 3
