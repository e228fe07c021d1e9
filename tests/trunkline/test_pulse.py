"""The pulse tells a busy loop from an idle one, and one stall from many."""

import asyncio

import pytest

from trunkline.pulse import BEAT, WINDOW, Pulse, Reading
from trunkline.testing.clock import VirtualTimeLoop


class Patient:
    """A process whose CPU and stalls the test decides on."""

    def __init__(self) -> None:
        self.cores = 0.0
        self.readings: list[Reading] = []
        self.loop = asyncio.get_running_loop()
        self._used, self._since = 0.0, self.loop.time()
        self.pulse = Pulse(self.readings.append, self._cpu)

    def _cpu(self) -> float:
        now = self.loop.time()
        self._used += self.cores * (now - self._since)
        self._since = now
        return self._used

    async def live(self, seconds: float, cores: float = 0.0) -> Reading:
        """The reading after so many seconds of so much load."""
        self._cpu()
        self.cores = cores
        await asyncio.sleep(seconds)
        return self.readings[-1]

    def stall(self, seconds: float) -> None:
        """Whatever runs on the loop takes that long."""
        assert isinstance(self.loop, VirtualTimeLoop)
        self.loop.jump(seconds)


@pytest.fixture
async def patient() -> Patient:
    made = Patient()
    made.pulse.start()
    return made


async def test_the_share_of_a_core_is_that_of_the_last_seconds(patient: Patient) -> None:
    assert (await patient.live(10, cores=0.6)).cpu == pytest.approx(0.6, abs=0.01)
    assert (await patient.live(WINDOW / 2, cores=0.2)).cpu == pytest.approx(0.4, abs=0.02)
    assert (await patient.live(WINDOW)).cpu == pytest.approx(0.0, abs=0.01)
    assert patient.readings[-1].lag == pytest.approx(0.0, abs=1e-6)


async def test_a_busy_first_instant_is_no_busy_process(patient: Patient) -> None:
    assert (await patient.live(1.5 * BEAT, cores=1.0)).cpu < 0.2


async def test_a_stall_or_two_is_chance_and_more_are_load(patient: Patient) -> None:
    for stalls, lag in ((2, 0.0), (1, 0.05)):
        for _ in range(stalls):
            patient.stall(BEAT + 0.05)
            reading = await patient.live(2 * BEAT)
        assert reading.lag == pytest.approx(lag, abs=0.001)
    assert (await patient.live(WINDOW + 4 * BEAT)).lag == pytest.approx(0.0, abs=0.001)


async def test_a_long_stall_counts_as_all_the_beats_that_it_swallowed(patient: Patient) -> None:
    await patient.live(1)
    patient.stall(3.0)
    assert (await patient.live(2 * BEAT)).lag > 2.0
    patient.stall(3600.0)
    assert (await patient.live(2 * BEAT)).lag > 3000


async def test_it_stops(patient: Patient) -> None:
    await patient.live(1)
    patient.pulse.stop()
    beats = len(patient.readings)
    assert beats == pytest.approx(1 / BEAT, abs=1)
    await asyncio.sleep(10)
    assert len(patient.readings) == beats


async def test_it_may_be_stopped_before_it_starts() -> None:
    Patient().pulse.stop()
