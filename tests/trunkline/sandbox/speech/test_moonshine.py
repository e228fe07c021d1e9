"""The recogniser understands phone-line speech, and knows when it has understood nothing."""

import numpy as np
import pytest

from tests.trunkline.sandbox.speech.hearing import hear, word_errors
from trunkline.sandbox import phrases
from trunkline.sandbox.speech.moonshine import RATE, Transcript, read_tokens, recogniser
from trunkline.sandbox.speech.reader import UNSURE

pytestmark = pytest.mark.spoken


SHORT = 0.7
"""Seconds. A lone "mhm" is no sentence, and the model makes one of it."""


def test_the_recordings_are_understood() -> None:
    rates = []
    for text, mulaw in phrases.load().items():
        if len(mulaw) < SHORT * 8000:
            continue
        heard = hear(mulaw)
        assert heard.confidence >= UNSURE, text
        rates.append(word_errors(text, heard.text))
    assert sum(rates) / len(rates) < 0.05


@pytest.mark.parametrize("level", [0.0, 0.003, 0.05])
def test_noise_is_not_believed(level: float) -> None:
    noise = np.random.default_rng(1).normal(0, level, RATE * 2).astype(np.float32)
    assert recogniser().transcribe(noise).confidence < UNSURE


def test_nothing_is_nothing() -> None:
    assert recogniser().transcribe(np.zeros(0, np.float32)) == Transcript("", 0.0)


def test_the_model_is_loaded_once() -> None:
    assert recogniser() is recogniser()


def test_tokens_of_any_length_are_read() -> None:
    long = b"x" * 200
    assert read_tokens(b"\x02ab" + bytes([128 + 200 % 128, 200 // 128]) + long) == [b"ab", long]
