"""Options are taken as Deepgram takes them, and turned down as Deepgram turns them down."""

import pytest

from processors.g711 import decode
from trunkline.sandbox.speak_options import Refusal, SpeakOptions, of_request, of_socket

PHONE = {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"}


def test_the_defaults_of_a_socket() -> None:
    assert of_socket({}) == SpeakOptions("aura-asteria-en", "linear16", 24000)
    assert of_socket({"encoding": "mulaw"}).sample_rate == 8000


def test_a_socket_is_raw_whatever_container_it_asks_for() -> None:
    assert of_socket(PHONE | {"container": "wav"}).header() == b""


def test_a_request_is_wav_unless_it_says_none() -> None:
    assert of_request(PHONE | {"container": "none"}).header() == b""
    header = of_request(PHONE).header()
    assert len(header) == 44
    assert (header[:4], header[8:12], header[36:40]) == (b"RIFF", b"WAVE", b"data")
    assert int.from_bytes(header[20:22], "little") == 7  # mu-law
    assert int.from_bytes(header[24:28], "little") == 8000


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"model": "aura-2-nobody-en"}, "aura-2-nobody-en"),
        ({"model": "flux-haley-en"}, "flux-haley-en"),
        ({"encoding": "g729"}, "g729"),
        ({"encoding": "mulaw", "sample_rate": "24000"}, "8000, 16000"),
        ({"encoding": "linear16", "sample_rate": "44100"}, "44100"),
        ({"sample_rate": "many"}, "many"),
        ({"speed": "2"}, "0.7"),
        ({"speed": "fast"}, "fast"),
        ({"model": "aura-2-viktoria-de", "speed": "1.2"}, "aura-2-viktoria-de"),
    ],
)
def test_what_is_not_allowed_is_named(query: dict[str, str], named: str) -> None:
    for of in (of_socket, of_request):
        with pytest.raises(Refusal, match=named) as refused:
            of(PHONE | query)
        assert refused.value.status == 400


def test_what_the_sandbox_does_not_make_is_another_refusal() -> None:
    for query in ({}, {"encoding": "alaw"}, {"encoding": "opus"}):
        with pytest.raises(Refusal, match="sandbox") as refused:
            of_request(query)
        assert refused.value.status == 422
    with pytest.raises(Refusal, match="mp3"):
        of_socket({"encoding": "mp3"})


@pytest.mark.parametrize("speed", ["0.7", "1.5", "1"])
def test_speeds_that_are_allowed(speed: str) -> None:
    assert of_socket(PHONE | {"speed": speed}).speed == float(speed)


def test_audio_comes_in_the_encoding_and_at_the_rate() -> None:
    assert of_socket(PHONE).encode(b"\x10\x20") == b"\x10\x20"
    assert of_socket(PHONE | {"sample_rate": "16000"}).encode(b"\x10\x20") == b"\x10\x10\x20\x20"
    wide = of_socket({"encoding": "linear16", "sample_rate": "16000"})
    assert wide.encode(b"\x10\x20") == decode(b"\x10\x10\x20\x20")
    assert wide.bytes_per_second == 32000
