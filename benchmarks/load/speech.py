"""What the callers say: recordings of real speech, cut where they can no longer be heard."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from processors import g711
from processors.g711 import BYTES_PER_MS, SILENCE
from trunkline.sandbox.phrases import load

PACKET = 20 * BYTES_PER_MS
"""Bytes of one packet of a phone line."""

WINDOW = 5 * BYTES_PER_MS
"""Bytes over which loudness is taken."""

AUDIBLE_DB = 30
"""Speech can be heard where it is within so many decibels of its loud parts."""

QUIET = b64encode(SILENCE * PACKET)
"""A packet in which nothing is said, as it travels."""

QUESTIONS = (
    "Hello, what are your opening hours on Saturday?",
    "How do I find you, and where can I park?",
    "That's fine, thank you. Can I leave a message?",
    "my number is five five five zero one four nine",
    "Hi, do you have anything free on Tuesday morning?",
    "Sorry, could you move it to ten o'clock instead?",
    "And what does whitening cost?",
    "Half past nine is perfect.",
)
"""A second to three of speech; most have pauses of 0.1 to 0.3 s inside."""

INTERRUPTIONS = (
    "can I speak to a person",
    "what time do you close today",
    "Could you read that back to me?",
    "It's for a check-up.",
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A recording, ready to be sent."""

    text: str
    packets: tuple[bytes, ...] = field(repr=False)
    """Base64 of each 20 ms."""
    first: int
    """The packet in which it begins to be heard."""
    last: int
    """The packet in which it ceases to be heard."""


@cache
def recordings() -> dict[str, bytes]:
    """Text to mu-law. Behind the last audible sample there is silence: ears and callers agree on the end."""
    return {text: trimmed(load()[text]) for text in (*QUESTIONS, *INTERRUPTIONS)}


@cache
def utterances(texts: Sequence[str]) -> tuple[Utterance, ...]:
    """The recordings of these texts."""
    return tuple(_utterance(text, recordings()[text]) for text in texts)


def trimmed(mulaw: bytes) -> bytes:
    """A recording with silence behind what can be heard of it; as long as before."""
    end = (int(np.flatnonzero(audible(mulaw))[-1]) + 1) * WINDOW
    return mulaw[:end] + SILENCE * (len(mulaw) - end)


def audible(mulaw: bytes) -> NDArray[np.bool_]:
    """Of each 5 ms, whether they can be heard."""
    sound = np.frombuffer(g711.decode(mulaw), g711.PCM).astype(float)
    power: NDArray[np.float64] = (sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW) ** 2).mean(1)
    return power > np.percentile(power, 95) / 10 ** (AUDIBLE_DB / 10)


def onset(mulaw: bytes) -> float:
    """Seconds into a recording at which it can be heard, to 5 ms."""
    return int(audible(mulaw).argmax()) * WINDOW / (1000 * BYTES_PER_MS)


def _utterance(text: str, mulaw: bytes) -> Utterance:
    heard = np.flatnonzero(audible(mulaw)) * WINDOW // PACKET
    blocks = (mulaw[at : at + PACKET].ljust(PACKET, SILENCE) for at in range(0, len(mulaw), PACKET))
    return Utterance(text, tuple(map(b64encode, blocks)), int(heard[0]), int(heard[-1]))
