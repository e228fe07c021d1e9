"""The callers' recordings keep the promises that the emulators build on."""

import numpy as np

from processors import g711
from trunkline.sandbox import phrases

QUIET = frozenset(b"\xff\x7f")


def blocks(mulaw: bytes) -> list[bytes]:
    return [mulaw[at : at + phrases.BLOCK] for at in range(0, len(mulaw), phrases.BLOCK)]


def samples(mulaw: bytes) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.frombuffer(g711.decode(mulaw), "<i2").astype(np.float64) / 32768


def test_every_recording_is_whole_blocks_of_speech_at_one_level() -> None:
    for text, mulaw in phrases.load().items():
        assert len(mulaw) % phrases.BLOCK == 0, text
        level = 10 * np.log10(np.mean(samples(mulaw) ** 2))
        assert -23 < level < -18, f"{text}: {level:.1f} dBFS"


def test_silence_at_the_edges_is_short() -> None:
    for text, mulaw in phrases.load().items():
        loud = np.flatnonzero(np.abs(samples(mulaw)) > 0.01)
        assert loud[0] <= 320, text
        assert len(mulaw) - loud[-1] <= 320 + phrases.BLOCK, text


def test_no_two_recordings_share_a_block() -> None:
    heard: dict[bytes, str] = {}
    for text, mulaw in phrases.load().items():
        for block in blocks(mulaw):
            if not set(block) <= QUIET:
                assert heard.setdefault(block, text) == text
    assert len(heard) > 1000


def test_the_whole_set_is_small() -> None:
    assert len(phrases.load()) >= 20
    assert sum(map(len, phrases.load().values())) < 600_000


def test_a_recording_is_found_however_it_is_written() -> None:
    assert phrases.find("Yes, PLEASE!") == phrases.load()["yes please"]
    assert phrases.find("it's for a check up") == phrases.load()["It's for a check-up."]
    assert phrases.find("nobody said this") is None
