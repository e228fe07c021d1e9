"""One short call to Trunkline's process, in real time."""

import asyncio
from pathlib import Path

import pytest
import uvloop

from benchmarks.dialogue.moves import Dialogue, Say
from benchmarks.lines.conversation import NUMBERS
from benchmarks.panel.turns import responses
from benchmarks.performance import Cast, perform
from benchmarks.waterfall import differences


@pytest.mark.realtime
def test_the_scorecards_lines_are_served_and_their_calls_kept(tmp_path: Path) -> None:
    dialogue = Dialogue("short", (Say("yes please"),))
    casts = [Cast(name, [dialogue], 1, number) for name, number in NUMBERS.items()]
    said: list[str] = []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        performances = runner.run(
            perform(
                "trunkline", casts, said.append, ("--conversation", "--store", str(tmp_path / "calls.db"))
            )
        )
    assert said == ["words(1): 1 calls, 1 at a time", "vad: 1 calls, 1 at a time"]
    for performance in performances:
        (take,) = performance.takes
        assert take.failures == ()
        (latency,) = responses(take.recording)
        assert latency is not None
        assert 0.3 < latency < 1.5
        (off,) = differences(tmp_path / "calls.db", performance.takes)
        assert off is not None
        assert abs(off) < 100
