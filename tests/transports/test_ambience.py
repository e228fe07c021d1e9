"""Loops of a room: generated, or read from a file that is what it has to be."""

import wave
from pathlib import Path

import numpy as np
import pytest

from processors import g711
from transports.ambience import RATE, SEAM, Ambience, comfort_noise


def linear(mulaw: bytes) -> np.ndarray:
    return np.frombuffer(g711.decode(mulaw), g711.PCM).astype(float)


def dbfs(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) / 32768))


def tone(seconds: float, hertz: float = 220.0, level: float = 1000.0) -> bytes:
    return (
        (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(g711.PCM).tobytes()
    )


@pytest.mark.parametrize("level", [-70.0, -60.0, -45.0])
def test_comfort_noise_is_as_loud_as_asked_for(level: float) -> None:
    assert abs(dbfs(linear(comfort_noise(level).loop())) - level) < 1.0


def test_it_is_as_long_as_asked_for_and_always_the_same() -> None:
    loop = comfort_noise(-50, seconds=2.5).loop()
    assert len(loop) == 2.5 * RATE
    assert comfort_noise(-50, seconds=2.5).loop() is loop


def test_it_has_no_seam_and_no_beat() -> None:
    noise = linear(comfort_noise(-45).loop())
    steps = np.abs(np.diff(noise))
    assert abs(noise[0] - noise[-1]) <= steps.max()
    seconds = noise.reshape(-1, RATE)
    assert max(abs(dbfs(second) + 45) for second in seconds) < 1.5


def test_it_stays_in_the_band_of_a_phone_line() -> None:
    noise = linear(comfort_noise(-40).loop())
    power = np.abs(np.fft.rfft(noise)) ** 2
    hertz = np.fft.rfftfreq(len(noise), 1 / RATE)
    assert power[(hertz < 120) | (hertz > 3500)].sum() < 0.02 * power.sum()


def test_a_recording_is_read_and_made_quieter(tmp_path: Path) -> None:
    (tmp_path / "room.ulaw").write_bytes(g711.encode(tone(2.0)))
    loud = linear(Ambience(tmp_path / "room.ulaw").loop())
    assert len(loud) == 2 * RATE - SEAM
    quiet = linear(Ambience(str(tmp_path / "room.ulaw"), gain_db=-12).loop())
    assert abs(dbfs(loud) - dbfs(quiet) - 12) < 0.3


def test_a_wav_file_will_do(tmp_path: Path) -> None:
    write(tmp_path / "room.wav", tone(2.0))
    assert (
        abs(dbfs(linear(Ambience(tmp_path / "room.wav").loop())) - dbfs(linear(g711.encode(tone(2.0))))) < 0.3
    )


def test_its_end_fades_into_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "room.ulaw").write_bytes(g711.encode(tone(1.5, hertz=100.7)))
    loop = linear(Ambience(tmp_path / "room.ulaw").loop())
    twice = np.concatenate([loop, loop])
    assert np.abs(np.diff(twice)).max() <= 1.5 * np.abs(np.diff(loop)).max()
    assert abs(loop[0] - loop[-1]) < 200


def write(path: Path, pcm: bytes, rate: int = RATE, channels: int = 1, width: int = 2) -> None:
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate)
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.writeframes(pcm)


def test_what_is_no_such_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "short.ulaw").write_bytes(bytes(4000))
    (tmp_path / "text.wav").write_bytes(b"hello, this is no sound")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "room.mp3").write_bytes(bytes(9000))
    write(tmp_path / "wide.wav", tone(2.0), rate=16000)
    write(tmp_path / "stereo.wav", tone(2.0), channels=2)
    for name, message in {
        "missing.ulaw": "cannot be read",
        "short.ulaw": "found 0.50 s of sound, expected 1 to 120 s",
        "text.wav": "not a WAV file",
        "empty.wav": "not a WAV file",
        "room.mp3": "expected raw mu-law",
        "wide.wav": r"found 16000 Hz, 1 channel\(s\), 16 bits; expected 8000 Hz mono",
        "stereo.wav": r"2 channel\(s\)",
    }.items():
        with pytest.raises(ValueError, match=message) as raised:
            Ambience(tmp_path / name).loop()
        assert name in str(raised.value)


@pytest.mark.parametrize(("level", "seconds"), [(-20, 8), (-90, 8), (-60, 1), (-60, 60)])
def test_noise_that_nobody_wants_is_refused(level: float, seconds: float) -> None:
    with pytest.raises(ValueError, match="comfort noise"):
        comfort_noise(level, seconds)
