"""The header: read back by us, and by a library that others use."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]

from processors import g711
from trunkline.recording import wav

BEGAN = datetime(2026, 5, 4, 12, 0, 0, 123_000, tzinfo=UTC)


def test_it_is_read_as_it_was_written() -> None:
    header = wav.Header(BEGAN, 8000)
    assert len(header.encode()) == wav.SIZE
    assert wav.decode(header.encode()) == header


def test_other_readers_find_the_channels_in_their_places() -> None:
    caller, agent = bytes(range(256)), bytes(reversed(range(256)))
    file = io.BytesIO(wav.Header(BEGAN, 256).encode() + wav.interleaved(caller, agent))
    both, rate = soundfile.read(file, dtype="int16")
    assert rate == 8000
    for column, mulaw in enumerate((caller, agent)):
        assert (both[:, column] == np.frombuffer(g711.decode(mulaw), g711.PCM)).all()


def test_sound_that_the_header_does_not_promise_yet_harms_no_reader() -> None:
    file = io.BytesIO(wav.Header(BEGAN, 100).encode() + b"\xff" * 1001)
    assert soundfile.info(file).frames == 100


@pytest.mark.parametrize("header", [b"", b"RIFF", b"\0" * wav.SIZE, b"RIFF" + b"\0" * wav.SIZE])
def test_what_is_no_recording_of_ours_is_refused(header: bytes) -> None:
    with pytest.raises(ValueError, match="recording"):
        wav.decode(header)
