"""The tune that is heard on hold: soft, without a click, never silent."""

import numpy as np

from processors import g711
from transports.hold_music import LEVEL_DBFS, RATE, hold_music

SAMPLES = np.frombuffer(g711.decode(hold_music()), g711.PCM).astype(float)


def level(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) / 32768))


def test_it_is_as_loud_as_it_says_and_never_silent_or_too_loud() -> None:
    assert abs(level(SAMPLES) - LEVEL_DBFS) < 0.5
    parts = SAMPLES.reshape(-1, RATE // 2)
    assert all(LEVEL_DBFS - 8 < level(part) < LEVEL_DBFS + 6 for part in parts)
    assert np.abs(SAMPLES).max() < 20000


def test_its_end_goes_on_into_its_beginning() -> None:
    steps = np.abs(np.diff(np.concatenate([SAMPLES, SAMPLES[:1]])))
    assert steps[-1] <= np.percentile(steps, 99.9)


def test_it_is_made_once() -> None:
    assert hold_music() is hold_music()
    assert len(hold_music()) == 16 * RATE
