"""Calls made of tones, of which everything is known."""

import numpy as np

from benchmarks.panel.marks import Kind, Mark, Recording
from benchmarks.panel.sound import RATE
from processors import g711

SECONDS = 20.0

Spans = list[tuple[float, float]]


def channel(spans: Spans, *, dbfs: float = -20.0, seconds: float = SECONDS) -> bytes:
    """Mu-law that sounds in these spans of seconds only."""
    sound = np.zeros(round(seconds * RATE))
    tone = np.sign(np.sin(2 * np.pi * 440 * (np.arange(len(sound)) + 0.5) / RATE))
    for start, end in spans:
        sound[round(start * RATE) : round(end * RATE)] = 1
    pcm = tone * sound * 10 ** (dbfs / 20) * 32768
    return g711.encode(pcm.astype(g711.PCM).tobytes())


def call(agent: Spans, *marks: Mark, pause: tuple[float, float] | None = None) -> Recording:
    """A caller who sounds in all marks but for the pause, and an agent."""
    caller: Spans = [(mark.start, mark.end) for mark in marks]
    if pause:
        first, *rest = caller
        caller = [(first[0], pause[0]), (pause[1], first[1]), *rest]
    return Recording.of(channel(caller), channel(agent), marks)


def mark(kind: Kind, start: float, end: float, *, paused: bool = False) -> Mark:
    return Mark(kind, "something", start, end, paused)
