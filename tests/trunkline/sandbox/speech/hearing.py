"""How well speech is understood: by the recogniser, since no person listens to tests."""

import re

import numpy as np
import soxr
from numpy.typing import NDArray

from processors import g711
from trunkline.sandbox.speech.moonshine import RATE, Transcript, recogniser
from trunkline.sandbox.speech.spoken_numbers import speakable

SPELLINGS = (
    ("checkup", "check up"),
    ("good bye?", "goodbye"),
    ("to day", "today"),
    ("to morrow", "tomorrow"),
)
"""What the recogniser writes, and what most people do."""


def hear(mulaw: bytes) -> Transcript:
    """What is said in ``mulaw``, with some silence around it."""
    pcm = np.frombuffer(g711.decode(b"\xff" * 2400 + mulaw + b"\xff" * 1600), "<i2").astype(np.float32)
    audio: NDArray[np.float32] = soxr.resample(pcm / np.float32(32768), 8000, RATE)
    return recogniser().transcribe(audio)


def word_errors(text: str, transcript: str) -> float:
    """Words to insert, delete or replace, for each word of ``text``."""
    said, heard = _words(text), _words(transcript)
    row = list(range(len(heard) + 1))
    for at, word in enumerate(said, 1):
        above, row[0] = row[0], at
        for column, other in enumerate(heard, 1):
            above, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, above + (word != other)),
            )
    return row[-1] / len(said)


def _words(text: str) -> list[str]:
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", speakable(text).lower())
    for theirs, ours in SPELLINGS:
        plain = re.sub(rf"\b{theirs}\b", ours, plain)
    return re.findall(r"[a-z']+", plain)
