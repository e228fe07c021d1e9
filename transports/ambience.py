"""What is heard of the room that the agent is in: comfort noise or a recording, as a loop of mu-law.

Between two sentences of a voice made by a machine the line is so dead that callers ask whether it is still
there.
"""

import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from processors import g711

RATE = 1000 * g711.BYTES_PER_MS
"""Samples a second."""

SHORTEST, LONGEST = 1.0, 120.0
"""Seconds of a recording; a shorter one is heard to repeat itself, a longer one only takes memory."""

SEAM = RATE // 50
"""Samples, 20 ms, over which the end of a recording fades into its beginning."""

LOW, HIGH = 150.0, 3400.0
"""Hertz: what a phone line carries."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ambience:
    """A recording of a room, 8 kHz mono: raw mu-law (``.ulaw``, ``.ul``, ``.mulaw``) or PCM16 (``.wav``).

    A relative path starts at the working directory; ``Path(__file__).with_name("office.ulaw")`` stands beside
    a pipeline file.
    """

    path: str | Path
    gain_db: float = 0.0
    """Decibels by which it is made louder; negative for quieter."""

    def loop(self) -> bytes:
        """Mu-law that goes on from its end to its beginning without a click. Read once a process.

        Raises:
            ValueError: there is no such file, or it is no such recording.
        """
        return _recorded(Path(self.path), self.gain_db)


@dataclass(frozen=True, slots=True)
class ComfortNoise:
    """Soft noise that repeats itself after so many seconds. Made by :func:`comfort_noise`."""

    level_dbfs: float = -60.0
    """Decibels of its mean power, where 0 is a full-scale square wave."""
    seconds: float = 8.0

    def __post_init__(self) -> None:
        if not -80 <= self.level_dbfs <= -30:
            raise ValueError(f"comfort noise at {self.level_dbfs} dBFS; expected -80 to -30, such as -60")
        if not 2 <= self.seconds <= 10:
            raise ValueError(
                f"comfort noise of {self.seconds} s; expected 2 to 10, after which it repeats itself"
            )

    def loop(self) -> bytes:
        """Mu-law; the same in every process."""
        return _noise(self.level_dbfs, self.seconds)


def comfort_noise(level_dbfs: float = -60.0, seconds: float = 8.0) -> ComfortNoise:
    """Soft noise under the whole call.

    Args:
        level_dbfs: how loud; -60 is heard when one listens for it, -50 at once.
        seconds: after how long it repeats itself.

    Raises:
        ValueError: an argument is out of its range.
    """
    return ComfortNoise(level_dbfs, seconds)


@cache
def _noise(level_dbfs: float, seconds: float) -> bytes:
    """Shaped in its spectrum, of which every line fits the loop: there is no seam."""
    size = int(seconds * RATE)
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    heard = (frequencies >= LOW) & (frequencies <= HIGH)
    # 3 dB an octave softer to the top, as rooms are.
    strength = np.where(heard, 1 / np.sqrt(np.maximum(frequencies, LOW)), 0.0)
    phases = np.random.default_rng(711).uniform(0, 2 * np.pi, len(frequencies))
    samples = np.fft.irfft(strength * np.exp(1j * phases), size)
    wanted = 32768 * 10 ** (level_dbfs / 20)
    return _mulaw(samples * wanted / np.sqrt(np.mean(samples**2)))


@cache
def _recorded(path: Path, gain_db: float) -> bytes:
    samples = _samples(path)
    seconds = len(samples) / RATE
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError(
            f"ambience {path}: found {seconds:.2f} s of sound, expected {SHORTEST:.0f} to {LONGEST:.0f} s"
        )
    rising = np.linspace(0, 1, SEAM)
    head, tail = samples[:SEAM], samples[-SEAM:]
    looped = np.concatenate([head * rising + tail * (1 - rising), samples[SEAM:-SEAM]])
    return _mulaw(looped * 10 ** (gain_db / 20))


def _samples(path: Path) -> Samples:
    if path.suffix.lower() not in (".ulaw", ".ul", ".mulaw", ".wav"):
        raise ValueError(f"ambience {path}: expected raw mu-law (.ulaw) or a WAV file, 8 kHz mono")
    try:
        if path.suffix.lower() != ".wav":
            return _linear(g711.decode(path.read_bytes()))
        with wave.open(str(path)) as file:
            found = (file.getframerate(), file.getnchannels(), 8 * file.getsampwidth())
            if found != (RATE, 1, 16):
                raise ValueError(
                    f"ambience {path}: found {found[0]} Hz, {found[1]} channel(s), {found[2]} bits; "
                    f"expected {RATE} Hz mono, 16 bits: convert it with sox or ffmpeg"
                )
            return _linear(file.readframes(file.getnframes()))
    except OSError as error:
        raise ValueError(f"ambience {path}: cannot be read ({error.strerror})") from error
    except wave.Error as error:
        raise ValueError(f"ambience {path}: not a WAV file of PCM ({error})") from error
    except EOFError as error:
        raise ValueError(f"ambience {path}: not a WAV file (it ends early)") from error


def _linear(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, g711.PCM).astype(np.float64)


def _mulaw(samples: Samples) -> bytes:
    return g711.encode(np.clip(np.round(samples), -32768, 32767).astype(g711.PCM).tobytes())
