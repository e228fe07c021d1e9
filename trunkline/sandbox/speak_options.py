"""What a client of ``/v1/speak`` may ask for, and how it is told no."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
from deepgram.types.speak_v1model import SpeakV1Model

from processors.g711 import PCM, decode

MODELS = frozenset(get_args(get_args(SpeakV1Model)[0]))
"""The voices that Deepgram publishes: ``aura-<name>-<lang>`` and ``aura-2-<name>-<lang>``."""

RATES = {"mulaw": (8000, 16000), "alaw": (8000, 16000), "linear16": (8000, 16000, 24000, 32000, 48000)}
"""Hertz that each raw encoding may have; the first is the default, but linear16's is 24000."""

COMPRESSED = ("mp3", "opus", "flac", "aac")
"""Encodings of REST alone, which the sandbox does not make."""

SPEEDS = (0.7, 1.5)
"""The slowest and the fastest ``speed``, for English and Spanish voices."""

FORMAT_TAGS = {"linear16": 1, "mulaw": 7}
"""How a WAV header names an encoding (RFC 2361)."""

ENDLESS = 0xFFFF_FFFF
"""The size a WAV header gives when the length is not known yet."""


class Refusal(Exception):
    """A handshake or a request that Deepgram would turn down.

    Args:
        status: HTTP status.
        code: Deepgram's ``err_code``.
        message: Deepgram's ``err_msg``, also sent as the ``dg-error`` header.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class SpeakOptions:
    """One client's valid choice."""

    model: str
    encoding: str
    sample_rate: int
    """Hertz."""
    container: str = "none"
    speed: float = 1.0

    @property
    def bytes_per_second(self) -> int:
        return self.sample_rate * (2 if self.encoding == "linear16" else 1)

    @property
    def content_type(self) -> str:
        if self.container == "wav":
            return "audio/wav"
        return "audio/l16" if self.encoding == "linear16" else f"audio/{self.encoding}"

    def encode(self, mulaw: bytes) -> bytes:
        """8 kHz mu-law, as this client wants to have it."""
        times = self.sample_rate // 8000
        if self.encoding == "mulaw":
            return np.frombuffer(mulaw, np.uint8).repeat(times).tobytes()
        return np.frombuffer(decode(mulaw), PCM).repeat(times).tobytes()

    def header(self) -> bytes:
        """What precedes the audio: 44 bytes of WAV, or nothing."""
        if self.container != "wav":
            return b""
        width = self.bytes_per_second // self.sample_rate
        form = FORMAT_TAGS[self.encoding], 1, self.sample_rate, self.bytes_per_second, width, 8 * width
        riff = struct.pack("<4sI4s", b"RIFF", ENDLESS, b"WAVE")
        return riff + struct.pack("<4sIHHIIHH", b"fmt ", 16, *form) + struct.pack("<4sI", b"data", ENDLESS)


def of_socket(query: Mapping[str, str]) -> SpeakOptions:
    """What a WebSocket asks for: raw audio, ``container`` means nothing.

    Raises:
        Refusal: 400, one of the values is not allowed.
    """
    encoding = _made(_one_of("encoding", query.get("encoding", "linear16"), tuple(RATES)))
    model = _model(query)
    return SpeakOptions(model, encoding, _rate(query, encoding), speed=_speed(query, model))


def of_request(query: Mapping[str, str]) -> SpeakOptions:
    """What a REST request asks for; without ``encoding`` it is MP3, without ``container`` it is WAV.

    Raises:
        Refusal: 400, one of the values is not allowed; 422, Deepgram would make it and the sandbox does not.
    """
    encoding = _made(_one_of("encoding", query.get("encoding", "mp3"), (*RATES, *COMPRESSED)))
    container = _one_of("container", query.get("container", "wav"), ("wav", "none"))
    model = _model(query)
    return SpeakOptions(model, encoding, _rate(query, encoding), container, _speed(query, model))


def _model(query: Mapping[str, str]) -> str:
    model = query.get("model", "aura-asteria-en")
    if model not in MODELS:
        raise Refusal(400, "Bad Request", f"No such model/version combination found: {model}")
    return model


def _rate(query: Mapping[str, str], encoding: str) -> int:
    text = query.get("sample_rate", "24000" if encoding == "linear16" else "8000")
    return int(_one_of(f"sample_rate for {encoding}", text, tuple(map(str, RATES[encoding]))))


def _speed(query: Mapping[str, str], model: str) -> float:
    text = query.get("speed", "1")
    slowest, fastest = SPEEDS
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not slowest <= speed <= fastest:
        raise Refusal(400, "Bad Request", f"speed must be between {slowest} and {fastest}, found {text}")
    if speed != 1.0 and not model.endswith(("-en", "-es")):
        raise Refusal(400, "Bad Request", f"speed is not available for {model}")
    return speed


def _one_of(what: str, found: str, allowed: tuple[str, ...]) -> str:
    if found not in allowed:
        raise Refusal(400, "Bad Request", f"{what} must be one of {', '.join(allowed)}; found {found}")
    return found


def _made(encoding: str) -> str:
    if encoding not in FORMAT_TAGS:
        message = f"the sandbox does not make {encoding}; ask for mulaw or linear16"
        raise Refusal(422, "UNPROCESSABLE_ENTITY", message)
    return encoding
