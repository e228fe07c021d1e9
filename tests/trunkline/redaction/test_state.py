"""A call's state without what its line leaves out, and still one to go on with."""

import json
from collections.abc import Sequence
from typing import Any

from processors.tool_once import fingerprint
from trunkline.records import Turn
from trunkline.redaction.findings import Said
from trunkline.redaction.redact import Known, Redactor
from trunkline.redaction.state import Spoken, without
from trunkline.resuming.resumption import Resumed

CARD = "4111111111111111"
SAME = json.dumps({"amount": 5, "card": CARD})


def redacted(state: dict[str, Any]) -> dict[str, Any]:
    redactor, known = Redactor(), Known()

    def conversation(said: Sequence[Spoken]) -> list[str]:
        return redactor.turns([Said(*one) for one in said], known, is_over=False)

    return without(state, redactor, known, conversation)


def called(arguments: dict[str, Any]) -> dict[str, Any]:
    function = {"name": "charge", "arguments": json.dumps(arguments)}
    return {"role": "assistant", "tool_calls": [{"id": "call_1", "function": function, "type": "function"}]}


STATE: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": "four one one one one one one one"},
        {"role": "assistant", "content": "Mhm."},
        {"role": "user", "content": "one one one one one one one one"},
        called({"card": int(CARD), "amount": 5}),
        {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"card": CARD, "ok": True})},
    ],
    "heard": "Thank you, 4111",
    "unheard": ["So, 4111 1111 1111 1111."],
    "caller": "and the security code",
    "tools": [{"name": "charge", "arguments": {"card": CARD}, "id": "call_1"}],
    "deeds": [
        {"tool": "charge", "same_as": SAME, "tool_call_id": "call_1", "others": [], "runs": False}
        | {"turns": 1, "end": "done", "result": f"charged {CARD}", "is_quiet": False}
    ],
    "data": {"card": CARD, "city": "Bern"},
    "attempts": 2,
}


def test_no_digit_is_left_and_all_else_is() -> None:
    state = redacted(STATE)
    assert "1111" not in json.dumps(state)
    assert "one one" not in json.dumps(state)
    assert [m.get("content") for m in state["messages"][:3]] == ["[card number]", "Mhm.", "[card number]"]
    arguments = json.loads(state["messages"][3]["tool_calls"][0]["function"]["arguments"])
    assert arguments == {"card": "[card number]", "amount": 5}
    assert json.loads(state["messages"][4]["content"]) == {"card": "[card number]", "ok": True}
    assert (state["heard"], state["caller"]) == ("Thank you, [card number]", "and the security code")
    assert state["data"] == {"card": "[card number]", "city": "Bern"}
    assert state["attempts"] == 2
    assert STATE["data"]["card"] == CARD


def test_a_deed_is_known_again_by_a_fingerprint() -> None:
    (deed,) = redacted(STATE)["deeds"]
    assert deed["same_as"] == fingerprint(SAME) != fingerprint(SAME.replace("5", "6", 1))
    assert (
        redacted({"deeds": [{"same_as": '{"day": "Tuesday"}'}]})["deeds"][0]["same_as"]
        == '{"day": "Tuesday"}'
    )


def test_another_process_can_go_on_with_it() -> None:
    resumed = Resumed.of(redacted(STATE), Turn(index=2))
    assert resumed.messages[0]["content"] == "[card number]"
    assert resumed.data["city"] == "Bern"


def test_a_state_without_anything_to_hide_is_as_it_was() -> None:
    state = {
        "messages": [{"role": "user", "content": "At half past nine, please."}],
        "caller": "",
        "deeds": [],
    }
    assert redacted(state) == state
