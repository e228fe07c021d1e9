"""Mu-law is what G.711 says, sample by sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors import g711

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768, dtype="<i2")


def linear(code: int) -> int:
    return int.from_bytes(g711.decode(bytes([code])), "little", signed=True)


def mulaw(sample: int) -> int:
    return g711.encode(sample.to_bytes(2, "little", signed=True))[0]


@pytest.mark.parametrize(
    ("code", "sample"), [(0x00, -32124), (0x80, 32124), (0x7F, 0), (0xFF, 0), (0xFE, 8), (0x7E, -8)]
)
def test_a_code_decodes_to_its_level(code: int, sample: int) -> None:
    assert linear(code) == sample


@pytest.mark.parametrize(
    ("sample", "code"), [(0, 0xFF), (-1, 0x7F), (32767, 0x80), (-32768, 0x00), (32124, 0x80), (-32124, 0x00)]
)
def test_a_sample_encodes_to_its_code(sample: int, code: int) -> None:
    assert mulaw(sample) == code


def test_every_level_comes_back_and_the_two_zeros_become_one() -> None:
    back = g711.encode(g711.decode(EVERY_CODE))
    assert [code for code in EVERY_CODE if back[code] != code] == [0x7F]
    assert back[0x7F] == 0xFF


def test_levels_rise_with_samples() -> None:
    heard = np.frombuffer(g711.decode(g711.encode(EVERY_SAMPLE.tobytes())), "<i2").astype(int)
    assert (np.diff(heard) >= 0).all()
    assert len(set(heard)) == 255


def test_the_error_is_half_a_step_of_the_samples_segment() -> None:
    heard = np.frombuffer(g711.decode(g711.encode(EVERY_SAMPLE.tobytes())), "<i2").astype(int)
    magnitude = np.abs(EVERY_SAMPLE.astype(int))
    cut = magnitude > 32635
    step = 2 ** np.floor(np.log2(np.minimum(magnitude, 32635) + 132) - 4)
    assert (np.abs(heard - EVERY_SAMPLE)[~cut] <= step[~cut] / 2).all()
    assert (np.abs(heard[cut]) == 32124).all()


@given(st.binary(max_size=1000))
def test_lengths_double_and_halve(audio: bytes) -> None:
    pcm = g711.decode(audio)
    assert len(pcm) == 2 * len(audio)
    assert g711.encode(pcm) == audio.replace(b"\x7f", b"\xff")


def test_samples_are_little_endian() -> None:
    assert g711.decode(b"\x80") == bytes([0x7C, 0x7D])
    assert g711.encode(bytes([0x7C, 0x7D])) == b"\x80"


def test_silence_is_silent() -> None:
    assert g711.decode(g711.SILENCE * 160) == bytes(320)
    assert g711.encode(bytes(320)) == g711.SILENCE * 160


def test_half_a_sample_is_an_error() -> None:
    with pytest.raises(ValueError, match="two bytes a sample, found an odd 321 bytes"):
        g711.encode(bytes(321))
