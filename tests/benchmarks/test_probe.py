import asyncio
import time

import uvloop

from benchmarks.probe import EVERY, Lateness, spread


def test_percentiles_are_milliseconds_and_never_early() -> None:
    assert spread([-0.001, 0.0, 0.002]) == {"n": 3, "p50_ms": 0.0, "p99_ms": 1.96, "max_ms": 2.0}
    assert spread([])["n"] == 0


async def blocked() -> tuple[dict[str, float], dict[str, float]]:
    lateness = Lateness()
    await asyncio.sleep(0)
    time.sleep(0.1)  # noqa: ASYNC251 - what is to be found out
    await asyncio.sleep(EVERY)
    figures = lateness.take()
    lateness.end()
    return figures, lateness.take()


def test_a_blocked_loop_is_late_once() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures, more = runner.run(blocked())
    assert figures["max_ms"] > 80
    assert figures["n"] < 5
    assert more["n"] == 0
