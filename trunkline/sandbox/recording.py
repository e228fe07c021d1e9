"""A call on two channels, as a WAV that any player plays: the caller left, the agent right."""

import wave
from pathlib import Path

import numpy as np

from processors import g711
from processors.frames import RATE


def write(path: Path, *, caller: bytes, agent: bytes) -> None:
    """Write 16-bit stereo at 8 kHz.

    Args:
        path: the file; its folder is made.
        caller: mu-law of what the caller said since the answer.
        agent: mu-law of what the caller heard since the answer; the shorter one is filled with silence.
    """
    size = max(len(caller), len(agent))
    channels = [
        np.frombuffer(g711.decode(sound.ljust(size, g711.SILENCE)), g711.PCM) for sound in (caller, agent)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.column_stack(channels).astype(g711.PCM).tobytes())
