"""One call, turn by turn: the words, the tools, and the bars of what the caller waited."""

from datetime import UTC, datetime

import pytest

from trunkline.calls.models import CallRow, TurnRow
from trunkline.commands.transcript import bar, draw

START = datetime(2026, 11, 22, 9, 4, 6, tzinfo=UTC)


def turn(index: int, caller: str = "", agent: str = "", **values: object) -> TurnRow:
    given = {"interrupted": False, "tools": [], "total_ms": None, **values}
    return TurnRow(call_sid="CA1", index=index, at=START, caller=caller, agent=agent, **given)


def call(*turns: TurnRow, **values: object) -> CallRow:
    given = {"outcome": "completed", "reason": "", "last_words": "", "ended_at": None, **values}
    return CallRow(
        sid="CA1",
        line="desk",
        caller="+14155550123",
        called="+15550100",
        direction="inbound",
        started_at=START,
        turns=list(turns),
        **given,
    )


def drawn(capsys: pytest.CaptureFixture[str], row: CallRow) -> list[str]:
    draw(row, "•••123")
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_turn_is_told_in_the_order_in_which_it_was_heard(capsys: pytest.CaptureFixture[str]) -> None:
    asked = turn(
        1,
        "How much?",
        "Ninety.",
        interrupted=True,
        total_ms=700.0,
        listening_ms=300.0,
        thinking_ms=250.0,
        speaking_ms=100.0,
        tools=[{"name": "price", "arguments": {"of": "cleaning"}}],
    )
    lines = drawn(capsys, call(turn(0, agent="Hello."), asked))
    assert lines[:3] == ["CA1", lines[1], "completed"]
    assert lines[1].startswith("desk · from •••123 · ")
    assert lines[1].endswith(" · median reply 700 ms")
    spoken = [line for line in lines[3:] if line]
    assert [line.split()[0] for line in spoken] == ["agent", "caller", "tool", "reply", "agent"]
    assert spoken[2].split(maxsplit=1)[1] == "price(of='cleaning')"
    assert spoken[4].endswith("Ninety. ─ cut short")


def test_a_bar_has_the_parts_in_proportion() -> None:
    reply = turn(1, total_ms=1000.0, listening_ms=500.0, thinking_ms=300.0, speaking_ms=100.0)
    assert bar(reply, 20 / 1000).plain == (
        "1000 ms ██████████▓▓▓▓▓▓▒▒░░  listening 500  thinking 300  speaking 100  other 100"
    )


def test_a_failure_says_why_and_what_the_carrier_said(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(capsys, call(outcome="failed", reason="Deepgram answered 401", last_words="I am sorry."))
    assert "failed: Deepgram answered 401" in lines
    assert "carrier  I am sorry." in lines
    assert "Nothing was said." in lines
