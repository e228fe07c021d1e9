"""Sound that is shaped like speech, for tests that look at its shape alone."""

import numpy as np

from processors import g711
from processors.frames import RATE


def noise(seconds: float, level: float = 6000) -> bytes:
    """Mu-law that is loud all the time."""
    samples = np.random.default_rng(1).normal(0, level / 2, int(seconds * RATE))
    return g711.encode(np.clip(samples, -32767, 32767).astype(g711.PCM).tobytes())


def silence(seconds: float) -> bytes:
    return g711.SILENCE * int(seconds * RATE)


def spoken(*parts: float) -> bytes:
    """Seconds of sound and of silence in turn."""
    return b"".join(silence(part) if at % 2 else noise(part) for at, part in enumerate(parts))
