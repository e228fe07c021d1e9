"""Garbage is looked for when calls are over, and never while Python would like to."""

import asyncio
import subprocess
import sys

from trunkline.garbage import AT_ONCE, LATER, Garbage

SETTLED = """
import gc
from types import SimpleNamespace
from trunkline.garbage import settle
board = SimpleNamespace()
settle(board)
assert callable(board.on_over)
assert gc.get_freeze_count() > 10_000, gc.get_freeze_count()
before = gc.get_stats()[2]["collections"]
kept = []
for _ in range(300_000):
    kept.append([])
assert gc.get_stats()[0]["collections"] > 0
assert gc.get_stats()[2]["collections"] == before
"""


async def test_the_last_call_takes_its_garbage_with_it() -> None:
    looks: list[float] = []
    loop = asyncio.get_running_loop()
    over = loop.time()
    Garbage(lambda: looks.append(loop.time())).call_over(live=0)
    assert not looks
    await asyncio.sleep(2 * LATER)
    assert [round(at - over, 3) for at in looks] == [LATER]


async def test_beside_other_calls_a_look_waits_until_it_is_worth_it() -> None:
    looks: list[int] = []
    garbage = Garbage(lambda: looks.append(1))
    for over in range(1, 2 * (AT_ONCE + 80) + 1):
        garbage.call_over(live=80)
        await asyncio.sleep(2 * LATER)
        assert len(looks) == over // (AT_ONCE + 80)


def test_a_settled_process_does_not_look_at_what_it_has_loaded() -> None:
    subprocess.run([sys.executable, "-c", SETTLED], check=True)  # noqa: S603
