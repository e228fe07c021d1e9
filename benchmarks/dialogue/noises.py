"""Noises of a caller's room, made of arithmetic: the same in every run, and nobody's property.

Each is limited to the band of a phone line (300 to 3400 Hz) and levelled to what a handset picks up, against
speech at -20 dBFS.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.panel.sound import FULL_SCALE, RATE
from processors import g711
from trunkline.sandbox.phrases import load

Sound = NDArray[np.float64]

BAND = (300.0, 3400.0)
"""Hertz that a phone line carries."""

LOUDEST = 0.05
"""Seconds over which the level of a noise is taken, where it is loudest."""


@cache
def noise(name: str) -> bytes:
    """Mu-law of a noise."""
    make, level = NOISES[name]
    sound = _in_band(make(np.random.default_rng(sum(name.encode()))))
    window = int(LOUDEST * RATE)
    loudest = max(_rms(sound[at : at + window]) for at in range(0, len(sound) - window + 1, window // 2))
    pcm = np.clip(sound * 10 ** (level / 20) / loudest, -0.99, 0.99) * (FULL_SCALE - 1)
    return g711.encode(pcm.astype(g711.PCM).tobytes())


def cough(random: np.random.Generator) -> Sound:
    """Two bursts of breath with a formant in them."""
    return np.concatenate([_burst(random, 0.28), _silence(0.12), _burst(random, 0.22)])


def throat(random: np.random.Generator) -> Sound:
    """Clearing one's throat: a rough buzz."""
    time = _time(0.45)
    buzz = np.sign(np.sin(2 * np.pi * 95 * time * (1 + 0.1 * np.sin(40 * time))))
    rough: Sound = (buzz + random.normal(0, 0.7, len(time))) * np.sin(np.pi * time / 0.45)
    return rough


def door(random: np.random.Generator) -> Sound:
    """A door slams: a knock that dies away in the room."""
    time = _time(0.6)
    knock: Sound = random.normal(0, 1, len(time)) + 2 * np.sin(2 * np.pi * 330 * time)
    return knock * np.exp(-time / 0.07)


def keyboard(random: np.random.Generator) -> Sound:
    """Eleven keys in a second and a half."""
    sound = np.zeros(int(1.5 * RATE))
    for at in np.cumsum(random.uniform(0.09, 0.15, 11)):
        click = random.normal(0, 1, 200) * np.exp(-np.arange(200) / 40)
        sound[int(at * RATE) : int(at * RATE) + 200] += click[: len(sound) - int(at * RATE)]
    return sound


def traffic(random: np.random.Generator) -> Sound:
    """A lorry passes."""
    time = _time(1.6)
    rumble = np.convolve(random.normal(0, 1, len(time)), np.ones(12) / 12, "same")
    return rumble * np.exp(-(((time - 0.8) / 0.4) ** 2))


def dog(random: np.random.Generator) -> Sound:
    """Two barks."""
    return np.concatenate([_bark(random, 520), _silence(0.18), _bark(random, 480)])


def television(random: np.random.Generator) -> Sound:
    """A programme in another room: six voices at once, backwards, so that no word of them is one."""
    sound = np.zeros(int(1.5 * RATE))
    texts = sorted(text for text, mulaw in load().items() if len(mulaw) > 2 * RATE)
    for text in random.choice(texts, 6, replace=False):
        voice = np.frombuffer(g711.decode(load()[str(text)]), g711.PCM)[::-1]
        sound += voice[: len(sound)] / FULL_SCALE
    return sound * np.hanning(len(sound)) ** 0.25


def music(random: np.random.Generator) -> Sound:
    """Four chords of a radio."""
    chords = ((262, 330, 392), (349, 440, 523), (392, 494, 587), (262, 330, 392))
    return np.concatenate([_chord(notes) for notes in chords]) + random.normal(0, 0.01, 4 * len(_time(0.35)))


def dishes(random: np.random.Generator) -> Sound:
    """Three plates meet."""
    rings = [_ring(random.uniform(1500, 3000, 4), 0.22) for _ in range(3)]
    return np.concatenate(rings)


def wind(random: np.random.Generator) -> Sound:
    """A gust at the microphone."""
    time = _time(1.2)
    return np.cumsum(random.normal(0, 1, len(time))) * 0.02 * np.sin(np.pi * time / 1.2) + random.normal(
        0, 0.2, len(time)
    ) * np.sin(np.pi * time / 1.2)


NOISES: dict[str, tuple[Callable[[np.random.Generator], Sound], float]] = {
    "cough": (cough, -18),
    "throat": (throat, -24),
    "door": (door, -16),
    "keyboard": (keyboard, -30),
    "traffic": (traffic, -28),
    "dog": (dog, -22),
    "television": (television, -32),
    "music": (music, -32),
    "dishes": (dishes, -24),
    "wind": (wind, -26),
}
"""What makes each noise, and its level in dBFS where it is loudest."""


def _burst(random: np.random.Generator, seconds: float) -> Sound:
    time = _time(seconds)
    breath = random.normal(0, 1, len(time))
    formant = np.convolve(breath, np.sin(2 * np.pi * 900 * _time(0.01)), "same") / 10
    return (breath + formant) * np.exp(-time / 0.08) * np.minimum(1, time / 0.005)


def _bark(random: np.random.Generator, pitch: float) -> Sound:
    time = _time(0.2)
    bend = 2 * np.pi * np.cumsum(pitch * (1 + 0.5 * np.sin(np.pi * time / 0.2))) / RATE
    tones = sum(np.sin(n * bend) / n for n in range(1, 6))
    bark: Sound = (tones + random.normal(0, 0.3, len(time))) * np.sin(np.pi * time / 0.2) ** 2
    return bark


def _chord(notes: tuple[int, ...]) -> Sound:
    time = _time(0.35)
    chord: Sound = sum(np.sin(2 * np.pi * note * time) for note in notes) * np.exp(-time / 0.25)
    return chord


def _ring(pitches: NDArray[np.float64], seconds: float) -> Sound:
    time = _time(seconds)
    ring: Sound = np.sin(2 * np.pi * np.outer(pitches, time)).sum(0) * np.exp(-time / 0.05)
    return ring


def _in_band(sound: Sound) -> Sound:
    size = 2 * len(sound)  # what the filter smears must not come round to the other end
    spectrum = np.fft.rfft(sound, size)
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    spectrum[(pitch < BAND[0]) | (pitch > BAND[1])] = 0
    return np.fft.irfft(spectrum, size)[: len(sound)]


def _rms(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound**2)))


def _time(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE)) / RATE


def _silence(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE))
