"""The measured limit, on a made-up process: bursts, slow growth, lulls, strain and recovery."""

from dataclasses import dataclass, field

import pytest

from trunkline.headroom import (
    ALWAYS,
    CPU_MOST,
    CPU_REOPEN,
    LAG_MOST,
    LAG_REOPEN,
    LEAST_COST,
    PRIOR,
    Headroom,
)
from trunkline.overflow import Reason
from trunkline.pulse import BEAT, WINDOW, Reading


@dataclass
class Process:
    """Calls that cost ``each`` cores when they are ``slow`` seconds old, measured as an average of WINDOW."""

    each: float = PRIOR
    slow: float = 0.5
    base: float = 0.0
    lag: float = 0.0
    now: float = 100.0
    headroom: Headroom = field(default_factory=Headroom)
    calls: list[float] = field(default_factory=list)
    shut: list[Reason | None] = field(default_factory=list)
    _used: list[float] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / BEAT)):
            self.now += BEAT
            ramped = sum(min((self.now - began) / self.slow, 1.0) for began in self.calls)
            self._used.append(self.base + self.each * ramped)
            window = self._used[-round(WINDOW / BEAT) :]
            reading = Reading(sum(window) / round(WINDOW / BEAT), self.lag)
            self.headroom.beat(reading, self.now, len(self.calls))
            self.shut.append(self.headroom.shut)

    def ask(self) -> Reason | None:
        """A call comes in; why it is refused."""
        refused = self.headroom.refuses(self.now, len(self.calls))
        if refused is None:
            self.calls.append(self.now)
            self.headroom.took(self.now)
        return refused

    def burst(self, calls: int) -> int:
        """So many come in at once; how many are taken."""
        return sum(self.ask() is None for _ in range(calls))


def test_a_burst_is_bounded_although_nothing_is_to_be_measured_yet() -> None:
    process = Process()
    process.run(10)
    assert process.burst(200) == pytest.approx(CPU_MOST / PRIOR, abs=1)
    assert process.ask() is Reason.CPU


def test_a_burst_over_a_second_is_bounded_too_and_never_regretted() -> None:
    process = Process(each=PRIOR)
    taken = 0
    for _ in range(10):
        taken += process.burst(20)
        process.run(0.1)
    assert 70 <= taken <= 85
    process.run(60)
    assert process.headroom.reading.cpu <= CPU_MOST + 5 * PRIOR


@pytest.mark.parametrize("each", [0.005, 0.008, 0.02, 0.06])
@pytest.mark.parametrize("slow", [0.5, 5.0])
def test_growth_ends_at_what_the_calls_really_cost(each: float, slow: float) -> None:
    process = Process(each=each, slow=slow)
    most = 0
    for _ in range(600):
        process.run(0.5)
        process.ask()
        most = max(most, len(process.calls))
    assert most == pytest.approx(CPU_MOST / each, rel=0.12 if slow < 1 else 0.3, abs=1)


def test_what_was_learned_bounds_the_next_burst() -> None:
    process = Process(each=0.03)
    process.burst(10)
    process.run(120)
    assert process.headroom.cost == pytest.approx(0.03, rel=0.1)
    assert process.burst(200) == pytest.approx(0.5 / 0.03, abs=2)


def test_calls_that_cost_nothing_do_not_open_the_gate_to_any_number() -> None:
    process = Process(each=0.0)
    process.burst(20)
    process.run(300)
    assert process.headroom.cost == LEAST_COST
    assert process.burst(10_000) <= CPU_MOST / LEAST_COST


def test_a_lull_makes_no_room() -> None:
    process = Process(each=0.01)
    process.burst(70)
    process.run(60)
    process.each = 0.001
    process.run(WINDOW)
    assert process.headroom.reading.cpu < 0.2
    assert process.burst(200) < 30


def test_calls_that_are_slow_to_speak_make_no_room_meanwhile() -> None:
    process = Process(slow=60.0)
    process.burst(70)
    for _ in range(10):
        process.run(1)
        assert process.headroom.limit(process.now, 70) <= 80


def test_the_first_calls_are_taken_whatever_is_measured() -> None:
    process = Process(base=1.5, lag=4.0)
    process.run(1)
    assert process.burst(200) == ALWAYS
    assert process.ask() is Reason.LAG


def test_places_that_are_promised_are_not_given_twice() -> None:
    process = Process()
    process.run(1)
    process.burst(78)
    assert process.headroom.refuses(process.now, 78, reserved=1) is None
    assert process.headroom.refuses(process.now, 78, reserved=5) is Reason.CPU
    idle = Process()
    idle.lag = 1.0
    idle.run(1)
    assert idle.headroom.refuses(idle.now, 1, reserved=1) is None
    assert idle.headroom.refuses(idle.now, 1, reserved=ALWAYS) is Reason.LAG


def test_strain_shuts_and_relief_opens_without_flapping() -> None:
    process = Process()
    process.burst(20)
    process.run(30)
    for strained in (LAG_MOST * 1.2, (LAG_MOST + LAG_REOPEN) / 2):
        process.lag = strained
        process.run(1)
        assert process.ask() is Reason.LAG
    process.lag = LAG_REOPEN * 0.9
    process.run(1)
    assert process.ask() is None
    process.lag = (LAG_MOST + LAG_REOPEN) / 2
    process.run(1)
    assert process.ask() is None


def test_a_full_core_stays_shut_until_there_is_room_for_a_few() -> None:
    headroom, now = Headroom(), 0.0
    between = (CPU_MOST + CPU_REOPEN) / 2
    course = (
        (0.5, False),
        (between, False),
        (CPU_MOST + 0.01, True),
        (between, True),
        (CPU_REOPEN - 0.02, False),
    )
    for demand, shut in course:
        for _ in range(600):
            now += BEAT
            # 60 calls and one more cost that.
            headroom.beat(Reading(cpu=demand * 60 / 61 - 1e-6), now, calls=60)
        assert (headroom.shut is Reason.CPU) is shut, demand
        assert (headroom.refuses(now, 60) is Reason.CPU) is shut, demand


def test_after_the_calls_are_over_there_is_room_within_seconds() -> None:
    process = Process()
    process.burst(200)
    process.run(30)
    assert process.ask() is Reason.CPU
    del process.calls[40:]
    process.run(WINDOW + BEAT)
    assert process.burst(200) >= 30


def test_a_noisy_measurement_around_the_limit_does_not_flap() -> None:
    process = Process(each=0.01)
    process.burst(79)
    process.run(30)
    process.shut.clear()
    for noise in (0.02, -0.02) * 50:
        process.base = noise
        process.run(0.5)
    changes = sum(a is not b for a, b in zip(process.shut, process.shut[1:], strict=False))
    assert changes <= 1


def test_the_limit_is_estimated_from_what_is_free() -> None:
    process = Process(each=0.008)
    assert process.headroom.limit(process.now, 0) == 80
    process.burst(20)
    process.run(180)
    assert process.headroom.limit(process.now, 20) == pytest.approx(100, abs=3)
    process.lag = 1.0
    process.run(1)
    assert process.headroom.limit(process.now, 20) == 20
    assert Headroom().limit(0.0, 0) == 80
