"""The recording of a sandbox call: caller left, agent right, aligned, in a format that every player plays."""

import wave
from pathlib import Path

import numpy as np

from processors import g711
from trunkline.sandbox.recording import write


def test_both_voices_are_there_each_on_its_side(tmp_path: Path) -> None:
    caller, agent = bytes([0x20]) * 800, g711.SILENCE * 400 + bytes([0x90]) * 1200
    path = tmp_path / "new" / "call.wav"
    write(path, caller=caller, agent=agent)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        assert file.getnframes() == 1600
        sound = np.frombuffer(file.readframes(1600), "<i2").reshape(-1, 2)
    assert sound[:800, 0].tobytes() == g711.decode(caller)
    assert not sound[800:, 0].any()
    assert sound[:, 1].tobytes() == g711.decode(agent)
