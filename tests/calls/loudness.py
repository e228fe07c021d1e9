"""What a caller hears of an agent that is ducked or held: each letter, how loud, and when it falls silent."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from benchmarks.load import speech
from processors.frames import RATE
from processors.g711 import SILENCE
from transports.gain import gain
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.voice import CHARACTER, tone

QUIETER = gain(-12.0)
"""What a ducked agent's sound is passed through."""

TALE = (
    "WE ARE OPEN FROM MONDAY TO THURSDAY FROM EIGHT TO SIX AND ON FRIDAY FROM EIGHT TO TWO "
    "BUT WE ARE CLOSED ON WEEKENDS AND ON HOLIDAYS."
)
"""A long answer in capitals: small letters are too faint to be told apart when they are ducked."""

ALIKE = str.maketrans("BDOQSUWY1", "ACNPRTVX0")
"""Capitals that sound like another one when they are ducked."""

LOUD, DUCKED = tuple(map(chr, range(32, 127))), tuple(map(chr, range(32, 91)))

PAUSE = RATE // 5
"""Samples of silence, 0.2 s, after which the agent has fallen silent."""


class Sound(NamedTuple):
    """A letter, or a part of it."""

    letter: str
    is_quiet: bool
    start: int
    """Sample of call time."""
    size: int


def sounds(phone: Phone) -> list[Sound]:
    """All that was heard of the agent, in order."""
    letters = _letters()
    runs = _runs(phone.heard)
    return [Sound(*letters[codes], at, size) for codes, at, size in runs if codes in letters and size > 2]


def plain(text: str) -> str:
    """As :func:`words_heard` reads it."""
    return text.translate(ALIKE)


def words_heard(phone: Phone) -> str:
    """The text of it, loud or ducked: the letters of which more than half was heard."""
    return "".join(
        letter * round(sum(part.size for part in parts) / CHARACTER)
        for letter, parts in groupby(sounds(phone), key=lambda sound: sound.letter)
    )


def quiet_words(phone: Phone) -> str:
    """Those of its letters that were ducked."""
    return "".join(sound.letter * round(sound.size / CHARACTER) for sound in sounds(phone) if sound.is_quiet)


def silent_after(phone: Phone, since: int) -> float | None:
    """Seconds from the caller's first audible sound after a sample to the agent's last one.

    None while the agent has not been silent for a fifth of a second.
    """
    said = np.flatnonzero(speech.audible(phone.said[since:]))
    onset = since + int(said[0]) * RATE // 200
    heard = np.frombuffer(phone.heard[onset:], np.uint8) != SILENCE[0]
    sounding = np.flatnonzero(heard)
    ends = sounding[np.flatnonzero(np.diff(np.append(sounding, len(heard))) > PAUSE)]
    return None if not len(ends) else int(ends[0] + 1) / RATE


def _runs(mulaw: bytes) -> Iterator[tuple[int, int, int]]:
    """Stretches in which the same two codes take turns: those codes, first sample, samples."""
    codes = np.frombuffer(mulaw, np.uint8).astype(int)
    pairs = _pair(codes[:-1], codes[1:])
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    sizes = np.diff(starts, append=len(pairs)) + 1
    yield from zip(pairs[starts].tolist(), starts.tolist(), sizes.tolist(), strict=True)


def _pair(one: Any, other: Any) -> Any:
    return np.minimum(one, other) * 256 + np.maximum(one, other)


@cache
def _letters() -> dict[int, tuple[str, bool]]:
    """The letter that two codes in turn are, and whether it is ducked."""
    ducked = {_codes(tone(letter).translate(QUIETER)): (plain(letter), True) for letter in DUCKED}
    return ducked | {_codes(tone(letter)): (plain(letter), False) for letter in LOUD}


def _codes(mulaw: bytes) -> int:
    return int(_pair(mulaw[0], mulaw[1]))
