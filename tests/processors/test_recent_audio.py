"""The caller's last sound is found in the audio itself, and how late its packet was."""

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.load import speech
from processors.g711 import PCM, SILENCE, encode
from processors.recent_audio import KEPT, RecentAudio, last_audible
from trunkline.sandbox.phrases import load

STOP = 0.2
"""Seconds without a voice after which one looks."""


def tone(ms: int, dbfs: float = -15.0) -> bytes:
    time = np.arange(8 * ms) / 8000
    wave = 32768 * 2**0.5 * 10 ** (dbfs / 20) * np.sin(2 * np.pi * 300 * time)
    return encode(wave.astype(PCM).tobytes())


def noise(ms: int, dbfs: float) -> bytes:
    wave = 32768 * 10 ** (dbfs / 20) * np.random.default_rng(1).standard_normal(8 * ms)
    return encode(wave.clip(-32768, 32767).astype(PCM).tobytes())


def quiet(ms: int) -> bytes:
    return SILENCE * (8 * ms)


def packets(mulaw: bytes) -> Iterator[bytes]:
    return (mulaw[at : at + 160] for at in range(0, len(mulaw), 160))


def listen(
    recent: RecentAudio, mulaw: bytes, *, start: float = 0.0, first_ms: int = 0, late: float = 0.0
) -> float:
    """Have it heard in packets that come when they are over, or later; returns when the last one came."""
    now = start
    for number, packet in enumerate(packets(mulaw)):
        now = start + 0.02 * (number + 1) + late
        recent.hear(now, first_ms + 20 * number, packet)
    return now


def test_the_end_is_where_the_sound_ends() -> None:
    recent = RecentAudio()
    listen(recent, quiet(500) + tone(405) + quiet(235))
    found = recent.last_sound(STOP)
    assert found is not None
    assert (round(found.ended_at, 4), round(found.arrived_at, 4)) == (0.905, 0.905)


def test_silence_has_no_end() -> None:
    recent = RecentAudio()
    assert recent.last_sound(STOP) is None
    listen(recent, quiet(500))
    assert recent.last_sound(STOP) is None


@pytest.mark.parametrize("text", sorted(load()))
def test_real_speech_ends_where_a_listener_says(text: str) -> None:
    mulaw = speech.trimmed(load()[text])
    end = (int(np.flatnonzero(speech.audible(mulaw))[-1]) + 1) * speech.WINDOW
    found = last_audible((quiet(1000) + mulaw + quiet(205))[-160 * KEPT :], 1600)
    assert found is not None
    assert abs(found - len((quiet(1000) + mulaw + quiet(205))[-160 * KEPT :]) + 1640 + len(mulaw) - end) <= 40


def test_noise_of_the_line_does_not_go_on_for_the_voice() -> None:
    sound = quiet(500) + tone(400) + quiet(300)
    hiss = noise(1200, -38)
    mixed = bytes(s if s != 0xFF else h for s, h in zip(sound, hiss, strict=True))
    found = last_audible(mixed, 1600)
    assert found is not None
    assert abs(found - 7200) <= 40


def test_a_quiet_voice_is_measured_by_its_own_loudness() -> None:
    found = last_audible(quiet(500) + tone(300, -35) + tone(200, -50) + quiet(200), 1600)
    assert found == 8000


def test_a_packet_that_came_late_was_spoken_in_time() -> None:
    recent = RecentAudio()
    sound = quiet(500) + tone(400) + quiet(100)
    listen(recent, sound[: 160 * 40])
    listen(recent, sound[160 * 40 : 160 * 45], start=0.8, first_ms=800, late=0.07)
    listen(recent, sound[160 * 45 :] + quiet(200), start=0.9, first_ms=900)
    found = recent.last_sound(STOP)
    assert found is not None
    assert (round(found.ended_at, 4), round(found.arrived_at, 4)) == (0.9, 0.97)


def test_lateness_is_measured_against_the_best_that_was_ever_seen() -> None:
    recent = RecentAudio()
    listen(recent, tone(400) + quiet(600), start=100.0)
    recent.last_sound(STOP)
    listen(recent, tone(400) + quiet(5000), start=110.0, first_ms=10_000, late=0.05)
    listen(recent, tone(400) + quiet(200), start=120.0, first_ms=20_000, late=0.05)
    found = recent.last_sound(STOP)
    assert found is not None
    assert round(found.arrived_at - found.ended_at, 3) == pytest.approx(0.049, abs=0.0011)  # clocks drift


def test_another_stream_has_another_clock() -> None:
    recent = RecentAudio()
    listen(recent, tone(400) + quiet(600), first_ms=60_000, start=60.0)
    recent.last_sound(STOP)
    listen(recent, quiet(20 * KEPT) + tone(400) + quiet(200), start=70.0)
    found = recent.last_sound(STOP)
    assert found is not None
    assert round(found.arrived_at - found.ended_at, 4) == 0


@pytest.mark.parametrize("stamp", [None, 0])
def test_a_stream_that_tells_no_time_is_counted(stamp: int | None) -> None:
    recent = RecentAudio()
    for number, packet in enumerate(packets(quiet(200) + tone(400) + quiet(200))):
        recent.hear(5 + 0.02 * (number + 1) + (0.05 if number == 29 else 0), stamp, packet)
    found = recent.last_sound(STOP)
    assert found is not None
    assert (round(found.ended_at, 4), round(found.arrived_at, 4)) == (5.6, 5.65)
