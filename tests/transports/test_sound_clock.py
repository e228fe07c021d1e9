"""Loop time and the carrier's media time as positions in a call's sound."""

import random

import pytest

from transports.sound_clock import WINDOW, SoundClock


def test_it_begins_with_the_first_stream() -> None:
    clock = SoundClock()
    assert (clock.is_running, clock.at(5.0), clock.ms(5.0)) == (False, 0, 0)
    with pytest.raises(RuntimeError, match="first stream"):
        clock.time(0)
    clock.begin(100.0)
    assert (clock.is_running, clock.at(100.5), clock.ms(100.5)) == (True, 4000, 500)
    assert clock.time(4000) == 100.5
    assert clock.ms(99.0) == 0


def test_it_may_begin_in_the_middle_of_a_call() -> None:
    clock = SoundClock()
    clock.begin(10.0, 80_000)
    assert (clock.base, clock.at(11.0)) == (80_000, 88_000)


def test_the_next_stream_begins_where_the_call_is() -> None:
    clock = SoundClock()
    clock.begin(0.0)
    clock.observe(1.0, 1.02)
    clock.begin(10.02)
    assert clock.base == 80_000
    assert clock.at(11.02) == 88_000


def test_late_packets_do_not_move_it() -> None:
    clock, late = SoundClock(), random.Random(1)
    clock.begin(0.0)
    for number in range(1, 2000):
        clock.observe(number * 0.02, number * 0.02 + late.uniform(0, 0.08))
    assert abs(clock.at(40.0) - 320_000) <= 8


def test_it_follows_an_oscillator_that_is_off() -> None:
    # 100 ppm, twenty minutes: 120 ms, should it not.
    clock = SoundClock()
    clock.begin(0.0)
    for number in range(1, 60_000):
        clock.observe(number * 0.02, number * 0.02 * 1.0001 + 0.010)
    now = 1200.0 * 1.0001 + 0.010
    behind = 8000 * WINDOW * 2 * 0.0001
    assert abs(clock.at(now) - 1200 * 8000) <= behind
