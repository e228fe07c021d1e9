"""What a full stop may mean after a word, language by language.

The tables were written by hand: sentencex knows more languages, but not that French ``M.`` is a gentleman or
English ``me`` is not the state of Maine. It is asked for languages that have no table here.
"""

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from pipecat.utils.string import match_endofsentence


class Stop(Enum):
    """What a full stop after a word is."""

    END = auto()
    """The end of a sentence, as after any other word."""
    NEVER = auto()
    """Part of an abbreviation that something always follows: ``Dr.``, ``e.g.``, ``z. B.``"""
    NUMBER = auto()
    """Part of an abbreviation if a number follows, else the end: ``No. 5`` and ``No.``"""
    EITHER = auto()
    """Part of an abbreviation that may also end a sentence: ``5 p.m.``, ``Inc.``"""


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language that decide where its sentences end.

    Abbreviations stand without their last full stop and without spaces (``z.b``). One in lower case also
    matches in upper case; one with capitals matches as it is, so that ``Sat`` is a day and ``sat`` a verb.
    """

    code: str
    never: frozenset[str] = frozenset()
    number: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    """Words that begin sentences and are hardly ever names: ``5 p.m. The`` is not ``5 p.m. Pacific``."""
    weekdays: frozenset[str] = frozenset()
    """In lower case. A comma behind one is part of a date."""
    endings: tuple[str, ...] = ()
    """Ends of abbreviated compounds, as in German ``Kaiserstr. 5``."""
    ordinals: bool = False
    """Whether a full stop makes a number an ordinal, as in German ``am 3. Mai``."""
    reversed_guillemets: bool = False
    """Whether quotations stand »so« and not « so »."""

    def stop_after(self, word: str) -> Stop:
        """What a full stop behind ``word`` is; ``word`` may have inner full stops."""
        spellings = {word, word.lower()}
        if spellings & self.never:
            return Stop.NEVER
        if spellings & self.number:
            return Stop.NUMBER
        if spellings & self.either or (self.endings and word.endswith(self.endings)):
            return Stop.EITHER
        if not self.starters and _sentencex_shortens(self.code, word):
            return Stop.EITHER
        return Stop.END


@lru_cache(maxsize=4096)
def _sentencex_shortens(code: str, word: str) -> bool:
    """Whether sentencex takes ``word.`` for an abbreviation (2 microseconds, once a word)."""
    return match_endofsentence(f"Xx {word}. Xyz abc", language=code) == 0
