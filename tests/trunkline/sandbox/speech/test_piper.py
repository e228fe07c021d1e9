"""The voice says what it is given, at the level of a phone line, and a caller's voice is another one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processors import g711
from tests.trunkline.sandbox.speech.hearing import hear, word_errors
from trunkline.sandbox.speech.piper import QUIET, encode, joe
from trunkline.sandbox.speech.voice import CALLER_PITCH

SENTENCES = (
    "We are open until half past nine.",
    "A cleaning is 85 dollars, on November 24th.",
    "I would like to know what a crown costs.",
    "What number can we reach you on?",
    "The entrance is on Mill Lane.",
)

pytestmark = pytest.mark.spoken


def samples(mulaw: bytes) -> NDArray[np.float64]:
    return np.frombuffer(g711.decode(mulaw), "<i2").astype(np.float64) / 32768


def hertz(mulaw: bytes) -> float:
    """Hertz of the strongest repetition between 70 and 260 Hz."""
    audio = samples(mulaw)[2000:10000]
    echo = np.correlate(audio, audio, "full")[len(audio) - 1 :]
    return float(8000 / (31 + np.argmax(echo[31:115])))


def misheard(pitch: float) -> float:
    """Word errors over all sentences. The voice varies, and the recogniser errs in one word of ten."""
    errors = [word_errors(text, hear(joe().speak(text, pitch)).text) for text in SENTENCES]
    return sum(errors) / len(errors)


@pytest.mark.parametrize("pitch", [1.0, CALLER_PITCH])
def test_what_is_said_is_understood(pitch: float) -> None:
    assert misheard(pitch) < 0.3


def test_the_level_is_that_of_a_phone_line() -> None:
    level = 10 * np.log10(np.mean(samples(joe().speak("We are open from eight to six.")) ** 2))
    assert -25 < level < -16


def test_speech_begins_at_once() -> None:
    loud = np.flatnonzero(np.abs(samples(joe().speak("Good morning."))) > QUIET)
    assert loud[0] <= 0.03 * 8000


def test_a_raised_pitch_is_somebody_else_at_the_same_pace() -> None:
    own, other = joe().speak(SENTENCES[2]), joe().speak(SENTENCES[2], CALLER_PITCH)
    assert 1.1 < hertz(other) / hertz(own) < 1.5
    assert len(other) == pytest.approx(len(own), rel=0.25)


@pytest.mark.parametrize("nothing", ["", " ", "...", "?!"])
def test_without_words_nothing_is_said(nothing: str) -> None:
    assert joe().speak(nothing) == b""


def test_the_model_is_loaded_once() -> None:
    assert joe() is joe()


def test_words_that_go_on_leave_no_pause() -> None:
    loud = np.flatnonzero(np.abs(samples(going_on := joe().speak("Whitening takes an hour,"))) > QUIET)
    assert len(going_on) - loud[-1] <= 0.11 * 8000


def test_silence_has_no_first_sound() -> None:
    assert encode(np.zeros(80, np.float32)) == b"\xff" * 80
