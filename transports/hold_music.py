"""What a caller hears on hold unless a line has a recording: a soft tune, made once a process.

Long notes of a chord that changes, without a beat: nobody minds it, and it is heard that somebody is at work.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from processors import g711

RATE = 1000 * g711.BYTES_PER_MS
"""Samples a second."""

STEP = 0.5
"""Seconds from one note to the next."""

RING = 3.0
"""Seconds in which a note fades away."""

ATTACK = 0.02
"""Seconds in which it comes up: a phone line makes a click of anything faster."""

LEVEL_DBFS = -26.0
"""Decibels of its mean power, where 0 is a full-scale square wave: well below a voice, which is at -18."""

CHORDS = ((60, 64, 67, 71), (57, 60, 64, 67), (65, 69, 72, 76), (55, 59, 62, 67))
"""MIDI notes of C, A minor, F and G, each with a fourth voice; played up and down again."""

OVERTONES = ((1, 1.0), (2, 0.35), (3, 0.1))
"""Multiples of a note's frequency that sound with it, and how loud."""

Samples = NDArray[np.float64]


@cache
def hold_music() -> bytes:
    """Mu-law that goes on from its end to its beginning without a click; the same in every process."""
    notes = [note for chord in CHORDS for note in (*chord, *reversed(chord[:-1]), chord[1])]
    step = int(STEP * RATE)
    tune = np.zeros(step * len(notes))
    for index, note in enumerate(notes):
        sound = _note(note)
        # A note that is still heard at the end goes on at the beginning.
        np.add.at(tune, (index * step + np.arange(len(sound))) % len(tune), sound)
    wanted = 32768 * 10 ** (LEVEL_DBFS / 20)
    scaled = tune * wanted / np.sqrt(np.mean(tune**2))
    return g711.encode(np.clip(np.round(scaled), -32768, 32767).astype(g711.PCM).tobytes())


def _note(midi: int) -> Samples:
    seconds = np.arange(int(RING * RATE)) / RATE
    frequency = 440.0 * 2 ** ((midi - 69) / 12)
    sound = sum(loud * np.sin(2 * np.pi * frequency * times * seconds) for times, loud in OVERTONES)
    rises = np.minimum(seconds / ATTACK, 1.0)
    fades = np.exp(-2.5 * seconds) * np.minimum((RING - seconds) / 0.2, 1.0)
    return np.asarray(sound * rises * fades)
