"""What the callers' moves sound like: recordings with pauses put in, quiet voices from the side, noises."""

from functools import cache

import numpy as np

from benchmarks.dialogue.moves import Pause, Say
from benchmarks.dialogue.noises import noise
from benchmarks.panel.marks import Kind
from benchmarks.panel.sound import FRAME, RATE, audible
from processors import g711
from processors.g711 import SILENCE
from trunkline.sandbox.ears import BLOCK, Phrasebook
from trunkline.sandbox.phrases import find, load

SIDE_DB = {Kind.SIDE_SPEECH: 21.0, Kind.SIDE_SPEECH_HEARD: 20.0}
"""By how much somebody else in the room is quieter than the caller.

Nobody hears the decibel between them, but it makes two recordings of one: ears that are given one of them do
not understand the other, and speech-to-text in the wild does either.
"""

SIDE_SPEECH = (
    "Have you seen the car keys anywhere?",
    "Dinner will be ready in ten minutes.",
    "Can you turn the television down?",
)


@cache
def spoken(text: str) -> bytes:
    """The recording of a text, silent behind its last audible sound: ears and callers agree on the end."""
    mulaw = find(text)
    if mulaw is None:
        raise ValueError(f"no recording of {text!r}; expected one of those in trunkline/sandbox/phrases")
    end = (int(np.flatnonzero(audible(mulaw))[-1]) + 1) * FRAME
    return mulaw[:end] + SILENCE * (-end % BLOCK)


def said(move: Say) -> bytes:
    """The recording of a turn, with its pauses.

    A pause that the speaker made is made longer, between blocks: the ears know the recording again.
    """
    mulaw = spoken(move.text)
    gaps = [(_gap(move.text, pause, mulaw), pause) for pause in move.pauses]
    for gap, pause in sorted(gaps, key=lambda pair: pair[0].start, reverse=True):
        more = max(0, round(pause.seconds * RATE) // BLOCK - len(gap))
        at = gap.start * BLOCK
        mulaw = mulaw[:at] + SILENCE * (more * BLOCK) + mulaw[at:]
    return mulaw


def sound(kind: Kind, text: str) -> bytes:
    """What a sound of this kind is."""
    if kind is Kind.NOISE:
        return noise(text)
    if kind in SIDE_DB:
        return quieter(spoken(text), SIDE_DB[kind])
    return spoken(text)


def quieter(mulaw: bytes, decibels: float) -> bytes:
    """The same, from farther away."""
    pcm = np.frombuffer(g711.decode(mulaw), g711.PCM) / 10 ** (decibels / 20)
    return g711.encode(pcm.astype(g711.PCM).tobytes())


@cache
def book() -> Phrasebook:
    """All that speech-to-text understands: the callers, and every other one from the side."""
    aside = {text: sound(Kind.SIDE_SPEECH_HEARD, text) for text in SIDE_SPEECH}
    return Phrasebook({**{text: spoken(text) for text in load() if text not in SIDE_SPEECH}, **aside})


def _gap(text: str, pause: Pause, mulaw: bytes) -> range:
    """The blocks of the longest silence near to where a word should end, if all were said as fast."""
    ahead = text.index(pause.after) + len(pause.after)
    blocks = len(mulaw) // BLOCK
    about = ahead * blocks // len(text)
    loud = audible(mulaw).reshape(-1, BLOCK // FRAME).any(1)
    edges = np.flatnonzero(np.diff(np.concatenate(([1], loud, [1]))))
    gaps = [
        range(first, last) for first, last in edges.reshape(-1, 2).tolist() if first > 0 and last < blocks
    ]
    return max(gaps, key=lambda gap: len(gap) - min(abs(at - about) for at in gap) / 2)
