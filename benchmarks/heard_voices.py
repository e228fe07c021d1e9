"""Voices that know when each of their words is spoken.

``spoken`` is Piper (:mod:`benchmarks.heard_piper`). ``recorded`` are two other voices, those of the sandbox's
phrases, whose words PocketSphinx's forced alignment has found once (heard_recordings.json: the milliseconds
at which each word begins and ends). ``scripted`` is a tone a character.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from functools import cache
from pathlib import Path

from benchmarks.heard_piper import KnowingPiper
from benchmarks.heard_text import SENTENCES, Spoken
from processors.g711 import BYTES_PER_MS
from trunkline.sandbox.phrases import load
from trunkline.sandbox.voice import CHARACTER, ScriptedVoice

ALIGNED = Path(__file__).with_name("heard_recordings.json")


class KnowingVoice:
    """Says what a reader reads, and remembers it.

    Args:
        read: makes the sound of a text.
        texts: what it can say.
    """

    def __init__(self, read: Callable[[str], Spoken], texts: tuple[str, ...]) -> None:
        self.texts = texts
        self.said: list[Spoken] = []
        self._read = read

    async def speak(self, text: str, model: str) -> AsyncIterator[bytes]:
        spoken = self._read(text)
        self.said.append(spoken)
        yield spoken.mulaw


def scripted() -> KnowingVoice:
    """Each character takes the same time."""
    return KnowingVoice(_toned, SENTENCES)


def _toned(text: str) -> Spoken:
    spans = ((match.start() * CHARACTER, match.end() * CHARACTER) for match in re.finditer(r"\S+", text))
    return Spoken(text, ScriptedVoice().say(text), tuple(spans))


def recorded() -> KnowingVoice:
    """The phrases that callers say, said by the agent."""
    aligned: dict[str, list[tuple[int, int]]] = json.loads(ALIGNED.read_text("utf-8"))
    sounds = load()

    def read(text: str) -> Spoken:
        words = text.split()
        for phrase, spans in aligned.items():
            at = _index(phrase.split(), words)
            if at is not None:
                return _part(text, sounds[phrase], spans, at, at + len(words))
        return _toned(text)

    return KnowingVoice(read, tuple(phrase for phrase in aligned if len(phrase.split()) >= 5))


def _part(text: str, mulaw: bytes, spans: list[tuple[int, int]], first: int, last: int) -> Spoken:
    """Some words of a recording, cut in the middle between two of them."""
    begin = (spans[first - 1][1] + spans[first][0]) // 2 * BYTES_PER_MS if first else 0
    end = (spans[last - 1][1] + spans[last][0]) // 2 * BYTES_PER_MS if last < len(spans) else len(mulaw)
    words = tuple((a * BYTES_PER_MS - begin, b * BYTES_PER_MS - begin) for a, b in spans[first:last])
    return Spoken(text, mulaw[begin:end], words)


def _index(words: list[str], part: list[str]) -> int | None:
    """Where some words are among others."""
    return next((at for at in range(len(words)) if words[at : at + len(part)] == part), None)


def spoken() -> KnowingVoice:
    """Piper.

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    return KnowingVoice(cache(KnowingPiper().read), SENTENCES)


VOICES: dict[str, Callable[[], KnowingVoice]] = {"spoken": spoken, "recorded": recorded, "scripted": scripted}
