"""The live screen: each thing that happens is a line that says who, what and how long it took."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from trunkline.commands.live import WIDEST, Screen, drawn, table
from trunkline.events import (
    AgentSaid,
    CallEnded,
    CallerSaid,
    CallerSpeaking,
    CallStarted,
    Event,
    Failed,
    Played,
    Replied,
    ToolCalled,
)
from trunkline.waterfall import Waterfall

LATENCY = Waterfall(vad=320, model=160, voice=120, output=40)


def show(*events: Event, terminal: bool = False) -> tuple[str, Screen]:
    console = Console(file=StringIO(), width=100, force_terminal=terminal, color_system=None)
    with Screen(console) as screen:
        for event in events:
            screen.show(event)
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue(), screen


def test_a_conversation_reads_from_top_to_bottom() -> None:
    text, screen = show(
        CallStarted(call="CA1", at=10.0, line="desk"),
        CallerSaid(call="CA1", at=14.0, text="When are you open?"),
        ToolCalled(call="CA1", at=14.2, name="look_up", arguments={"topic": "hours"}),
        Replied(call="CA1", at=14.6, latency=LATENCY),
        Played(call="CA1", at=15.6, played=21.0),
        AgentSaid(call="CA1", at=80.0, text="From eight", interrupted=True),
        CallEnded(call="CA1", at=81.0, outcome="completed", reason=""),
    )
    assert text.split()[:2] == ["0:04.0", "caller"]
    assert "look_up(topic='hours')" in text
    assert "640 ms" in text
    assert "1:10.0 agent  From eight" in text
    assert "barged in" in text
    assert screen.outcome == "completed"
    assert screen.latencies == [("When are you open?", replace(LATENCY, played=21.0))]
    assert any("reply after 640 ms" in line for line in screen.lines)


def test_words_that_may_still_change_are_not_kept() -> None:
    text, screen = show(CallerSpeaking(call="CA1", at=1.0, text="When are"))
    assert text == ""
    assert screen.lines == []
    text, _ = show(CallerSpeaking(call="CA1", at=1.0, text="When are"), terminal=True)
    assert "When are …" in text


def test_a_failure_is_told() -> None:
    text, screen = show(
        Failed(call="CA1", at=1.0, error="Deepgram answered 401"),
        CallEnded(call="CA1", at=2.0, outcome="failed", reason="Deepgram answered 401"),
    )
    assert "Deepgram answered 401" in text
    assert screen.outcome.startswith("failed")


def test_a_bar_is_drawn_to_scale_up_to_a_width() -> None:
    assert drawn(LATENCY).plain == "│vad─────────│model│voic│o 640 ms"
    assert len(drawn(Waterfall(vad=9000)).plain) == WIDEST + len(" 9000 ms")


def test_the_table_has_a_row_a_reply() -> None:
    console = Console(file=StringIO(), width=100)
    console.print(table([("a", LATENCY), ("what do you charge for cleaning", replace(LATENCY, played=9))]))
    file = console.file
    assert isinstance(file, StringIO)
    _, first, second = file.getvalue().replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert first.split(maxsplit=2)[:2] == ["a", "640"]
    assert "vad 320 · model 160 · voice 120 · output 40" in first
    assert second.startswith("what do you charge for …")
    assert second.rstrip().endswith("played +9")
