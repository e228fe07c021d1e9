"""What is known of a call are values: comparable, unchangeable, complete with little."""

from dataclasses import FrozenInstanceError, replace

import pytest

from trunkline.records import Facts, ToolCall, Turn, with_result


def test_a_turn_grows_by_replacement() -> None:
    asked = Turn(index=1, caller="When?")
    answered = replace(asked, agent="At eight.", tools=(ToolCall("look_up"),))
    assert asked.agent == ""
    assert (answered.caller, answered.agent, answered.tools[0].arguments) == ("When?", "At eight.", {})
    with pytest.raises(FrozenInstanceError):
        asked.agent = "x"  # type: ignore[misc]


def test_a_call_is_inbound_unless_said_otherwise() -> None:
    assert Facts(sid="CA1", caller="anonymous", called="+15550100").direction == "inbound"


def test_a_tool_s_result_may_come_later() -> None:
    turn = Turn(index=1, tools=(ToolCall("look_up", id="1"), ToolCall("book", id="2")))
    known = with_result(turn, "2", "Booked.")
    assert known is not None
    assert [tool.result for tool in known.tools] == [None, "Booked."]
    assert with_result(turn, "3", "Booked.") is None
