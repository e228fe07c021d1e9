"""The live screen: each thing that happens is a line that says who, what and how long it took."""

from io import StringIO

from rich.console import Console

from trunkline.commands.live import Screen, bar, legend, table
from trunkline.events import (
    AgentSaid,
    CallEnded,
    CallerSaid,
    CallerSpeaking,
    CallStarted,
    Event,
    Failed,
    Latency,
    Replied,
    ToolCalled,
)

LATENCY = Latency(total=640, listening=320, thinking=160, speaking=120)


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
        AgentSaid(call="CA1", at=80.0, text="From eight", interrupted=True),
        CallEnded(call="CA1", at=81.0, outcome="completed", reason=""),
    )
    assert text.split()[:2] == ["0:04.0", "caller"]
    assert "look_up(topic='hours')" in text
    assert "640 ms" in text
    assert "1:10.0 agent  From eight" in text
    assert "barged in" in text
    assert screen.outcome == "completed"
    assert screen.latencies == [("When are you open?", LATENCY)]
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


def test_a_bar_is_drawn_to_scale() -> None:
    assert bar(LATENCY).plain == "████████▓▓▓▓▒▒▒░ 640 ms"
    assert len(bar(Latency(total=9000, listening=9000, thinking=0, speaking=0)).plain) < 45


def test_the_table_ends_with_the_median_and_has_a_legend() -> None:
    console = Console(file=StringIO(), width=100)
    slow = Latency(total=900, listening=500, thinking=160, speaking=120)
    console.print(table([("a", LATENCY), ("b", LATENCY), ("c", slow)]), legend())
    file = console.file
    assert isinstance(file, StringIO)
    rows = file.getvalue().splitlines()
    assert rows[4].split() == ["median", "320", "160", "120", "40", "640"]
    assert "listening" in rows[5]
