"""The loop of a call goes on where it was heard last, alone and under the voice."""

import numpy as np

from processors import g711
from transports.bed import EMPTY, FULL, MESSAGE, SEAM, Bed, mixed

LOOP = bytes((i // 100) % 120 for i in range(30000))
"""Codes that tell where in it they stand; its end is not that of a message."""

VOICE = g711.SILENCE * 4000
"""Under which nothing is changed."""


def at(position: int, size: int) -> bytes:
    return (LOOP * 9)[position : position + size]


def test_it_is_mixed_to_the_sample() -> None:
    codes = bytes(range(256))
    voice, bed = codes * 256, bytes(code for code in codes for _ in range(256))
    linear = [np.frombuffer(g711.decode(part), g711.PCM).astype(int) for part in (voice, bed)]
    expected = g711.encode(np.clip(linear[0] + linear[1], -32768, 32767).astype(g711.PCM).tobytes())
    same = g711.decode(mixed(voice, bed)), g711.decode(expected)
    assert same[0] == same[1]


def test_under_silence_a_voice_stays_what_it_is() -> None:
    voice = bytes(range(256))
    assert mixed(voice, g711.SILENCE * 256) == voice


def test_it_goes_on_from_piece_to_piece_and_round() -> None:
    bed = Bed(LOOP)
    assert b"".join(bed.alone(0.0) for _ in range(5)) == at(0, 5 * MESSAGE)


def test_what_was_dropped_is_heard_next() -> None:
    bed = Bed(LOOP)
    for _ in range(4):
        bed.alone(0.0)
    bed.drop(1.5)
    assert bed.under(VOICE, 1.5) == at(12000, 4000)
    assert bed.under(VOICE, 1.5) == at(16000, 4000)
    bed.drop(1.6)
    assert bed.alone(1.6) == at(12800, MESSAGE)


def test_after_a_pause_it_goes_on_too() -> None:
    bed = Bed(LOOP)
    bed.alone(0.0)
    bed.drop(60.0)
    assert bed.alone(60.0) == at(MESSAGE, MESSAGE)


def test_it_fills_the_carrier_and_waits_until_that_is_nearly_played() -> None:
    bed = Bed(LOOP)
    pieces = 0
    while not (wait := bed.wait(0.0, 0.0)):
        bed.alone(0.0)
        pieces += 1
    assert pieces == FULL
    assert FULL - EMPTY < wait < FULL - EMPTY + 0.01
    assert bed.wait(wait - 0.1, 0.0) > 0
    assert bed.wait(wait, 0.0) == 0
    bed.alone(wait)
    assert bed.wait(wait, 0.0) == 0  # it is filled again, not by one piece


def test_it_follows_the_voice_only_when_that_is_nearly_over() -> None:
    bed = Bed(LOOP)
    bed.under(VOICE, 0.0)
    assert 0.2 < bed.wait(0.0, 0.5) < 0.21
    assert bed.wait(0.25, 0.25) == 0
    assert SEAM > 0.25


def test_it_is_ahead_of_the_voice_until_it_was_played() -> None:
    bed = Bed(LOOP)
    assert not bed.is_ahead(0.0)
    bed.alone(0.0)
    assert bed.is_ahead(0.9)
    assert not bed.is_ahead(1.1)
    bed.under(VOICE, 0.5)
    assert not bed.is_ahead(0.9)
