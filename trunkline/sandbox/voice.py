"""Voices: what the text-to-speech emulator says a text with.

An emulator does the protocol (limits, chunks, delays, faults); a voice only turns text into sound.
:class:`ScriptedVoice` is exact: what it said can be read back from any piece of its audio; a voice with a
speech engine behind it fits the same seam.
"""

import re
from collections.abc import AsyncIterator, Iterator
from functools import cache
from itertools import combinations
from typing import Protocol

from processors.g711 import SILENCE

CHARACTER = 533
"""Bytes of one scripted character: 15 characters a second, about the pace of speech."""

NEGATIVE_ZERO = 0x7F
"""A mu-law code that does not survive a round trip through PCM."""


class Voice(Protocol):
    """Speaks. One object serves any number of sockets at the same time."""

    def speak(self, text: str, model: str) -> AsyncIterator[bytes]:
        """Mu-law of ``text``, 8 kHz, in chunks of any size, as fast as it can be made.

        Args:
            text: what to say; never empty.
            model: the voice that the client asked for, such as ``aura-2-thalia-en``.
        """


class ScriptedVoice:
    """Says each character as a tone of its own, which :meth:`read` turns back into the character.

    Instant, the same for every model, and without a byte of silence: each 0xFF in a recording was put there
    by somebody else.
    """

    async def speak(self, text: str, model: str) -> AsyncIterator[bytes]:
        for character in text:
            yield tone(character)

    def say(self, text: str) -> bytes:
        """All of ``text`` at once."""
        return b"".join(map(tone, text))

    def read(self, mulaw: bytes) -> str:
        """The characters that can be heard in ``mulaw``: those of which more than half is there."""
        return "".join(character * round(size / CHARACTER) for character, size in _runs(mulaw))


def tone(character: str) -> bytes:
    """The sound of one character; those that have none (from U+7D83 up) sound like a question mark."""
    tones = _tones()
    pair = tones[ord(character)] if ord(character) < len(tones) else tones[ord("?")]
    return (pair * CHARACTER)[:CHARACTER]


def _runs(mulaw: bytes) -> Iterator[tuple[str, int]]:
    """Each stretch of one tone: its character and its bytes, however often the character is said."""
    at = 0
    while at < len(mulaw):
        end = _end_of_run(mulaw, at)
        character = _characters().get(frozenset(mulaw[at : min(at + 2, end)]))
        if character is not None:
            yield character, end - at
        at = end


def _end_of_run(mulaw: bytes, start: int) -> int:
    """Where the two codes at ``start`` stop taking turns."""
    match = _run(mulaw[start : start + 2]).match(mulaw, start)
    return match.end() if match else start + 1


@cache
def _run(pair: bytes) -> re.Pattern[bytes]:
    codes = pair[:1] if SILENCE in pair else pair
    return re.compile(b"[" + re.escape(codes) + b"]+")


@cache
def _tones() -> tuple[bytes, ...]:
    """An alternating pair of codes for each code point from 0 on."""
    codes = [code for code in range(256) if code not in (NEGATIVE_ZERO, *SILENCE)]
    return tuple(bytes(pair) for pair in combinations(codes, 2))


@cache
def _characters() -> dict[frozenset[int], str]:
    return {frozenset(pair): chr(point) for point, pair in enumerate(_tones())}
