"""A tape keeps every sample where it belongs."""

import pytest

from processors.g711 import SILENCE
from trunkline.sandbox.telephone.tape import RATE, SHORT, Tape, Timeline


async def test_what_is_written_stands_where_it_was_written() -> None:
    tape = Tape()
    tape.silence(3)
    tape.write(b"abc")
    tape.silence(-5)
    assert tape.whole == SILENCE * 3 + b"abc"
    assert (tape.length, tape.read(4, 2), tape.read(5, 3)) == (6, b"bc", b"c" + SILENCE * 2)


async def test_a_short_tape_forgets_and_still_counts() -> None:
    tape = Tape(keep=False)
    for _ in range(10):
        tape.write(b"x" * SHORT)
    assert tape.length == 10 * SHORT
    assert len(tape.whole) <= 2 * SHORT
    assert tape.read(10 * SHORT - 2, 2) == b"xx"
    assert tape.read(0, 2) == SILENCE * 2


async def test_call_time_begins_with_the_answer() -> None:
    timeline = Timeline()
    assert timeline.sample(99.0) == 0
    with pytest.raises(RuntimeError, match="answered"):
        timeline.time(0)
    timeline.answered_at = 10.0
    assert (timeline.sample(9.0), timeline.sample(10.0), timeline.sample(11.5)) == (0, 0, 12_000)
    assert timeline.time(RATE) == 11.0


async def test_samples_survive_the_rounding_of_loop_time() -> None:
    timeline = Timeline()
    timeline.answered_at = 12_345.678
    assert all(timeline.sample(timeline.time(sample)) == sample for sample in range(0, 10**7, 997))
