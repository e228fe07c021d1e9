"""The benchmark of recordings: a short call keeps its limits, and a channel that is off is found out."""

import pytest

from benchmarks import recording
from benchmarks.recording import Channel, Figures, channel, figures
from benchmarks.recording_call import take
from benchmarks.recording_cost import cost
from processors.g711 import SILENCE
from trunkline.sandbox.phrases import load

MS = 8


async def test_a_short_call_is_where_it_was() -> None:
    found = figures(await take(25))
    assert len(found.caller.offsets) > 2
    assert len(found.agent.offsets) > 5
    assert found.worst < recording.ALIGNMENT_LIMIT_MS
    assert found.caller.drift < recording.DRIFT_LIMIT_MS
    assert found.agent.lost == found.caller.lost == 0


def speech(seconds: int) -> bytes:
    return (b"".join(load().values()) * 3)[: seconds * 8000]


@pytest.mark.parametrize("off", [0, 1, -40, 3000])
def test_a_channel_that_is_off_is_measured(off: int) -> None:
    known = SILENCE * 20_000 + speech(30)
    recorded = SILENCE * (20_000 + off) + speech(30)
    found = channel(recorded, known)
    assert set(found.offsets) == {-off / MS}
    assert (found.drift, found.lost) == (0, 0)


def test_another_sound_is_not_found() -> None:
    assert channel(speech(20), speech(20)[::-1]).lost > 5


def test_what_misses_a_limit_is_said() -> None:
    good, drifts = Channel([0.0] * 20, 0), Channel([0.1 * number for number in range(20)], 0)
    assert Figures(good, good).misses(600) == []
    assert Figures(good, drifts).misses(60) == []
    assert Figures(good, drifts).misses(600) == ["the agent's channel drifts by 1.80 ms"]
    assert Figures(Channel([0.0] * 20, 2), good).misses(60) == [
        "2 stretches of the caller's channel are not what the carrier has"
    ]
    assert Figures(good, Channel([0.0] * 19 + [25.0], 0)).worst == 25.0


async def test_the_cost_is_a_small_part_of_a_packet() -> None:
    price = await cost()
    assert price.tap_us < price.packet_us
    assert price.share(80) == pytest.approx(80 * (50 * price.tap_us + price.second_us) / 1e6)
