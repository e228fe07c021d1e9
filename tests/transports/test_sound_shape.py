"""Speech is found in its audio by its loudness, and so are the pauses."""

import numpy as np

from processors import g711
from tests.transports.speech import noise, silence
from transports.sound_shape import MOST, sound_shape


def near(found: tuple[int, int], start: float, end: float) -> bool:
    """Whether it is there, to 20 ms (seconds)."""
    return abs(found[0] / 8000 - start) <= 0.02 and abs(found[1] / 8000 - end) <= 0.02


def test_speech_begins_and_ends_where_it_is_loud() -> None:
    shape = sound_shape(silence(0.2) + noise(1.0) + silence(0.5))
    assert near((shape.start, shape.end), 0.2, 1.2)
    assert shape.pauses == ()


def test_pauses_are_found_however_loud_the_voice_is() -> None:
    for level in (300, 3000, 30000):
        shape = sound_shape(noise(1.0, level) + silence(0.3) + noise(0.5, level) + silence(0.1) + noise(0.5))
        first, second = shape.pauses
        assert near(first, 1.0, 1.3)
        assert near(second, 1.8, 1.9)


def test_a_hiss_below_the_voice_is_no_speech() -> None:
    hiss = noise(2.0, 40)
    voice = np.frombuffer(g711.decode(noise(0.5)), g711.PCM)
    sound = np.frombuffer(g711.decode(hiss), g711.PCM).copy()
    for start in (2000, 9000):
        sound[start : start + 4000] = voice
    (pause,) = sound_shape(g711.encode(sound.tobytes())).pauses
    assert near(pause, 0.75, 1.125)


def test_the_closure_of_a_consonant_is_no_pause() -> None:
    assert sound_shape(noise(0.5) + silence(0.04) + noise(0.5)).pauses == ()


def test_the_longest_pauses_are_looked_at() -> None:
    sound = b"".join(noise(0.2) + silence(0.1 + 0.01 * n) for n in range(30))
    pauses = sound_shape(sound + noise(0.2)).pauses
    assert len(pauses) == MOST
    assert min(end - start for start, end in pauses) >= 0.2 * 8000
    assert list(pauses) == sorted(pauses)


def test_silence_and_next_to_nothing_have_a_shape_too() -> None:
    for sound in (b"", b"\xff", silence(1.0), noise(0.003)):
        shape = sound_shape(sound)
        assert (shape.start, shape.end, shape.pauses) == (0, len(sound), ())
