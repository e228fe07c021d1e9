import numpy as np
import pytest

from benchmarks.dialogue.noises import NOISES, noise
from benchmarks.panel.sound import Channel
from processors import g711


@pytest.mark.parametrize("name", NOISES)
def test_a_noise_is_the_same_in_every_run_and_can_be_heard(name: str) -> None:
    made = noise(name)
    noise.cache_clear()
    assert noise(name) == made
    stretch = Channel(made).within(0, 3)
    assert stretch is not None
    assert 0.2 < stretch.end - stretch.start < 1.6


@pytest.mark.parametrize("name", NOISES)
def test_its_loudest_moment_is_at_its_level(name: str) -> None:
    sound = np.frombuffer(g711.decode(noise(name)), g711.PCM).astype(float) / 32768
    windows = [np.sqrt(np.mean(sound[at : at + 400] ** 2)) for at in range(0, len(sound) - 399, 200)]
    assert 20 * np.log10(max(windows)) == pytest.approx(NOISES[name][1], abs=1.5)
