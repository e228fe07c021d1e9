"""A table makes mu-law quieter by so many decibels."""

import numpy as np
import pytest

from processors import g711
from transports.gain import gain


def level(mulaw: bytes) -> float:
    """Decibels."""
    samples = np.frombuffer(g711.decode(mulaw), g711.PCM).astype(float)
    return float(10 * np.log10(np.mean(samples**2)))


@pytest.mark.parametrize("decibels", [-3.0, -12.0, -20.0])
def test_sound_becomes_quieter_by_that_much(decibels: float) -> None:
    wave = (9000 * np.sin(np.arange(8000) / 3)).astype(g711.PCM)
    mulaw = g711.encode(wave.tobytes())
    assert level(mulaw.translate(gain(decibels))) - level(mulaw) == pytest.approx(decibels, abs=0.2)


def test_silence_stays_silence_and_nothing_changes_its_sign() -> None:
    table = gain(-12.0)
    assert g711.SILENCE.translate(table) == g711.SILENCE
    before, after = (np.frombuffer(g711.decode(b), g711.PCM) for b in (bytes(range(256)), table))
    assert (before.astype(int) * after >= 0).all()


def test_what_is_too_loud_is_cut_at_full_scale() -> None:
    assert np.abs(np.frombuffer(g711.decode(gain(12.0)), g711.PCM).astype(int)).max() == 32124
