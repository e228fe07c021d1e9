import pytest

from benchmarks.panel.sound import RATE, Channel, Stretch
from processors.g711 import SILENCE
from tests.benchmarks.panel.channels import channel


def test_sound_begins_at_its_first_sample_and_ends_within_five_milliseconds() -> None:
    at = 1234.567
    (stretch,) = Channel(channel([(at / 1000, 2.0)])).stretches
    assert stretch.start == pytest.approx(at / 1000, abs=1.5 / RATE)
    assert 0 <= stretch.end - 2.0 <= 0.005


def test_a_pause_of_up_to_a_fifth_of_a_second_is_bridged_and_a_longer_one_is_not() -> None:
    assert len(Channel(channel([(1, 2), (2.19, 3)])).stretches) == 1
    assert len(Channel(channel([(1, 2), (2.22, 3)])).stretches) == 2


def test_an_agent_ducked_by_twelve_decibels_is_heard_and_a_murmur_is_not() -> None:
    assert Channel(channel([(1, 2)], dbfs=-20 - 12)).stretches
    assert not Channel(channel([(1, 2)], dbfs=-47)).stretches


def test_what_sounds_within_two_moments_is_found_without_what_is_around_it() -> None:
    found = Channel(channel([(1, 2), (2.5, 3), (8, 9)]))
    assert found.within(0, 5) == Stretch(1.0, 3.0)
    assert found.within(3.1, 7.9) is None
    assert found.at(2.7) == Stretch(2.5, 3.0)
    assert found.at(2.3) is None
    assert found.onsets(1.0, 8.0) == [1.0, 2.5]


def test_silence_has_no_sound_at_all() -> None:
    silent = Channel(SILENCE * RATE)
    assert (silent.stretches, silent.seconds) == ([], 1.0)
