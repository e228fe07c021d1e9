"""G.711 mu-law, the sound of a phone line, to and from 16-bit PCM."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SILENCE = b"\xff"
"""One sample of silence. (0x00 is not: it is the loudest click there is.)"""

BYTES_PER_MS = 8
"""Mu-law bytes a millisecond at 8 kHz, one byte a sample."""

BIAS = 132
"""Added to a magnitude, so that each of the eight segments begins at a power of two (ITU-T G.711)."""

CLIP = 32767 - BIAS
"""The largest magnitude that a biased 15-bit number can hold; louder samples are cut to it."""

PCM = np.dtype("<i2")
"""A PCM sample: 16 bits, signed, little-endian."""


def decode(mulaw: bytes) -> bytes:
    """PCM of ``mulaw``: two bytes for each of its bytes."""
    return LINEAR.take(np.frombuffer(mulaw, np.uint8)).tobytes()


def encode(pcm: bytes) -> bytes:
    """Mu-law of ``pcm``: one byte for each two of its bytes.

    Raises:
        ValueError: ``pcm`` ends in the middle of a sample.
    """
    if len(pcm) % 2:
        raise ValueError(f"PCM16 takes two bytes a sample, found an odd {len(pcm)} bytes")
    return _MULAW.take(np.frombuffer(pcm, _SAMPLE_BITS)).tobytes()


def _linear_table() -> NDArray[Any]:
    """The PCM sample of each mu-law code."""
    code = ~np.arange(256, dtype=np.uint8)
    segment = (code >> 4 & 0x07).astype(np.int32)
    magnitude = ((code & 0x0F).astype(np.int32) << 3) + BIAS << segment
    return np.where(code & 0x80, BIAS - magnitude, magnitude - BIAS).astype(PCM)


def _mulaw_table() -> NDArray[np.uint8]:
    """The mu-law code of each sample, by the sample's bits read as an unsigned number."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), CLIP) + BIAS
    segment = np.log2(magnitude).astype(np.int32) - 7
    mantissa = magnitude >> (segment + 3) & 0x0F
    sign = np.where(sample < 0, 0x80, 0)
    code = ~(sign | segment << 4 | mantissa) & 0xFF
    table: NDArray[np.uint8] = code.astype(np.uint8)
    return table


_SAMPLE_BITS = np.dtype("<u2")
_MULAW = _mulaw_table()

LINEAR = _linear_table()
"""The PCM sample of each mu-law code."""

AMPLITUDE = LINEAR.astype(np.float32) / np.float32(32768)
"""The same, -1 to 1: what models hear."""

POWER = np.square(LINEAR.astype(np.float32))
"""Its square: how loud it is."""
