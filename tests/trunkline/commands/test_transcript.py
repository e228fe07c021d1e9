"""One call, turn by turn: the words, the tools, and the bars of what the caller waited."""

from datetime import UTC, datetime

import pytest

from trunkline import terminal
from trunkline.calls.models import CallRow, TurnRow
from trunkline.commands.transcript import draw

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
        vad_ms=300.0,
        model_ms=250.0,
        voice_ms=150.0,
        tools=[{"name": "price", "arguments": {"of": "cleaning"}}],
    )
    lines = drawn(capsys, call(turn(0, agent="Hello."), asked))
    assert lines[:3] == ["CA1", lines[1], "completed"]
    assert lines[1].startswith("desk · from •••123 · ")
    assert lines[1].endswith(" · median reply 700 ms")
    spoken = [line for line in lines[3:] if line]
    assert [line.split()[0] for line in spoken[:4]] == ["agent", "caller", "tool", "reply"]
    assert spoken[2].split(maxsplit=1)[1] == "price(of='cleaning')"
    assert spoken[5].split(maxsplit=1) == ["agent", "Ninety. ─ cut short"]


def test_bars_of_a_call_have_one_scale_and_fit_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "UNWRAPPED", 80)
    long = {"vad_ms": 200.0, "model_ms": 500.0, "tool_ms": 300.0, "played_ms": 20.0}
    lines = drawn(
        capsys,
        call(
            turn(1, "One?", "A.", total_ms=1000.0, **long),
            turn(2, "Two?", "B.", total_ms=200.0, vad_ms=200.0),
        ),
    )
    first, second = (line for line in lines if line.startswith("reply"))
    assert first == "reply   1000 ms │vad────────│model────────────────────────│tool─────────────"
    assert second == "reply    200 ms │vad────────"
    assert max(map(len, lines)) <= 80
    assert "        vad\N{NO-BREAK SPACE}200 · model\N{NO-BREAK SPACE}500" in "\n".join(lines)


def test_below_stand_the_pieces_with_their_median_and_their_worst(capsys: pytest.CaptureFixture[str]) -> None:
    replies = [
        turn(n, "?", "!", total_ms=ms, vad_ms=ms, played_ms=9.0) for n, ms in enumerate((100.0, 300.0))
    ]
    lines = [line.split(maxsplit=3)[:3] for line in drawn(capsys, call(*replies))]
    at = lines.index(["segment", "p50", "p95"])
    assert lines[at + 1 : at + 4] == [["│vad─", "200", "290"], ["total", "200", "290"], ["played", "9", "9"]]


def test_a_failure_says_why_and_what_the_carrier_said(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(capsys, call(outcome="failed", reason="Deepgram answered 401", last_words="I am sorry."))
    assert "failed: Deepgram answered 401" in lines
    assert "carrier  I am sorry." in lines
    assert "Nothing was said." in lines
