"""Where a unit of speech may end, decided from what has arrived so far.

A decision, once made, is never changed by what arrives later: that is why units do not depend on how the text
was cut into tokens. A mark whose context is still missing is ``OPEN``: ``3.`` may become ``3.50``.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

from processors.abbreviations import Language, Stop

STOPS = ".!?…‼⁇⁈⁉。！？｡．؟۔।॥።"
"""Characters that end sentences."""

PAUSES = ",;:،؛、，；："
"""Characters that end clauses, beside dashes."""

DASHES = "–—-"

UNSPACED = frozenset("。！？｡．、，；：")
"""East Asian marks: no space follows them."""

CLOSERS = "\"'”’“‘»«›‹)\\]}」』）】》〉*_`~"
"""What may stand between a mark and the space behind it and belongs to the sentence (in a regex class)."""

BREAKS = frozenset("\"'”’“‘„‚»«›‹([{<*_`~/–—-¿¡|")
"""What a word begins behind, beside white space."""

QUOTES = frozenset("\"'”’“«»")
"""Closing quotation marks behind which a sentence goes on in small letters."""

QUOTATIVES = frozenset("とっなのはがをもでだやに")
"""Particles behind a closing Japanese quotation: the sentence goes on."""

MARK = re.compile(f"[\n{STOPS}{PAUSES}{DASHES}]")
"""Whatever may end a unit. (A line feed always does.)"""

LONGEST_WORD = 40
"""Characters of a word that are looked at; longer ones mean nothing here."""

_STOP_RUN = re.compile(f"(?:[{STOPS}]+[{CLOSERS}]*)+")
_PAUSE_RUN = re.compile(f"[{PAUSES}]+[{CLOSERS}]*")
_DASH_RUN = re.compile(f"[{DASHES}]+")
_BLANK = re.compile(r"\s*")
_SHORT_WORDS = re.compile(r"(?<![\w.@])(?:[^\W\d_]{1,3}\.\s?)+[^\W\d_]{1,3}$")
_OPENERS = re.compile(r"[\"'“‘„‚«»‹›(\[{*_`]*")
_WORD = re.compile(r"[^\W\d_]{0,17}")
_UNMARKED = re.compile(rf"[^\s{STOPS}{PAUSES}]{{0,{LONGEST_WORD}}}")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SYMBOLS = "\u2600"
"""From here on, a symbol is a picture: emojis stand close to the sentence they belong to."""


class Kind(Enum):
    """What ends at a mark."""

    NOTHING = auto()
    CLAUSE = auto()
    SENTENCE = auto()
    OPEN = auto()
    """Not known before more text arrives."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The decision about one mark."""

    kind: Kind
    end: int
    """Index behind the mark and what closes with it; reading goes on there."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Text as far as it has arrived."""

    text: str
    language: Language
    final: bool = False
    """Whether nothing follows."""
    begins_sentence: bool = True
    lowercase: bool = False
    """Whether the writer does not capitalise."""

    def judge(self, at: int) -> Mark:
        """What ends at the mark ``text[at]``; never ``OPEN`` if the text is final."""
        char = self.text[at]
        if char == "\n":
            return Mark(Kind.SENTENCE, at + 1)
        if char in STOPS:
            return self._stop(at)
        end = self._run(_DASH_RUN if char in DASHES else _PAUSE_RUN, at)
        here = self._next(end)
        if self._line_ends(end, here) or (self.final and here == len(self.text)):
            return Mark(Kind.NOTHING, end)
        if here == len(self.text):
            return Mark(Kind.OPEN, end)
        ends = self._dash_ends(at, end, here) if char in DASHES else self._pause_ends(at, end, here)
        if ends is None:
            return Mark(Kind.OPEN, end)
        return Mark(Kind.CLAUSE if ends else Kind.NOTHING, end)

    def _stop(self, at: int) -> Mark:
        end = self._run(_STOP_RUN, at)
        here = self._next(end)
        while here < len(self.text) and here > end and self._closes_behind_space(end, here):
            end, here = here + 1, self._next(here + 1)
        if here == len(self.text) and not self._line_ends(end, here):
            return Mark(Kind.SENTENCE if self.final else Kind.OPEN, end)
        ends = self._ends_sentence(at, end, here)
        if ends is None:
            return Mark(Kind.OPEN, end)
        return Mark(Kind.SENTENCE if ends else Kind.NOTHING, end)

    def _ends_sentence(self, at: int, end: int, here: int) -> bool | None:
        """Whether the run of stops ``text[at:end]`` ends a sentence, when ``text[here]`` is what follows."""
        if here == end:
            return self._ends_unspaced(at, end)
        return self._line_ends(end, here) or self._spaced_ends(at, end, here)

    def _ends_unspaced(self, at: int, end: int) -> bool | None:
        """Whether a sentence ends although no space follows: East Asian, Spanish, and before an emoji."""
        run, after = self.text[at:end], self.text[end]
        if not UNSPACED.isdisjoint(run):
            decimal = run == "．" and after.isdigit()
            return not decimal and (run[-1] in UNSPACED or after not in QUOTATIVES)
        if after in "¿¡" or (run[0] != "." and _EAST_ASIAN.match(after)):
            return True
        picture = after >= _SYMBOLS and unicodedata.category(after) == "So"
        return picture and self._spaced_ends(at, end, end)

    def _spaced_ends(self, at: int, end: int, here: int) -> bool | None:
        run = self.text[at:end]
        if run[0] == "." and sum(char in STOPS for char in run) == 1:
            return self._full_stop_ends(at, end, here)
        return self._sentence_begins(run, here)

    def _full_stop_ends(self, at: int, end: int, here: int) -> bool | None:
        word = self._word_before(at)
        if word[-1:].isdigit():
            return self._number_ends(at, end, here, word)
        stop = self._stop_after(at, word)
        if stop is Stop.END:
            return self._sentence_begins(self.text[at:end], here)
        if stop is Stop.NEVER:
            return False
        here = self._run(_OPENERS, here)
        if here == len(self.text):
            return False if self.final else None
        if stop is Stop.NUMBER and self.text[here] in "0123456789#+":
            return False
        if stop is Stop.NUMBER and len(word) > 1:
            return self._sentence_begins(self.text[at:end], here)
        return self._starter_follows(here)

    def _stop_after(self, at: int, word: str) -> Stop:
        if short := _SHORT_WORDS.search(self.text, max(0, at - LONGEST_WORD), at):
            joined = "".join(short.group().split()).lower()
            stop = self.language.stop_after(joined)
            if stop is not Stop.END:
                return stop
            if all(len(part) <= 2 for part in joined.split(".")):
                return Stop.EITHER
        stop = self.language.stop_after(word)
        # A single letter of a script with capitals is an initial.
        initial = len(word) == 1 and word.lower() != word.upper()
        return Stop.EITHER if initial and stop is Stop.END else stop

    def _number_ends(self, at: int, end: int, here: int, word: str) -> bool | None:
        if self.begins_sentence and word.isdigit() and len(word) <= 3 and self._is_first(at - len(word)):
            return False  # "1. Open the door."
        last = word.rpartition(".")[2]
        after = self._run(_OPENERS, here)
        if len(last) > 3:
            return self._sentence_begins(self.text[at:end], here)
        if after == len(self.text):
            return True if self.final else None
        if self.text[after].isdigit():
            return False  # "12. 11. 2026"
        if last.isdigit() and self.language.ordinals and self.text[after].isalpha():
            return self._starter_follows(after)
        return self._sentence_begins(self.text[at:end], here)

    def _sentence_begins(self, run: str, here: int) -> bool | None:
        """Whether a new sentence may begin at ``here``: anything but small letters and closing marks."""
        char = self.text[here]
        if char in STOPS or char in PAUSES or char in ")]}”’":
            return False
        if not (char.isalpha() and char.islower()):
            return True
        if not QUOTES.isdisjoint(run):
            return False  # "Really?" he asked.
        if self.lowercase:
            return True
        if here + 1 == len(self.text):
            return False if self.final else None
        return self.text[here + 1].isupper()  # iPhone

    def _starter_follows(self, here: int) -> bool | None:
        """Whether the next word begins a sentence for certain."""
        if self.text[here] in "¿¡":
            return True
        after = self._run(_WORD, here)
        if after == len(self.text) and after - here < 17 and not self.final:
            return None
        initial = after - here == 1 and self.text[after : after + 1] == "."
        return self.text[here:after] in self.language.starters and not initial

    def _pause_ends(self, at: int, end: int, here: int) -> bool | None:
        mark, char, before = self.text[at], self.text[here], self.text[at - 1 : at]
        if (here == end and mark not in UNSPACED) or char in STOPS or char in PAUSES or before == ".":
            return False
        if char.isdigit() and (mark == "," or before.isdigit()):
            return False  # "November 22, 2026", "555, 0100"
        word = self._word_before(at)
        if (len(word) == 1 and word.isalpha()) or word.lower() in self.language.weekdays:
            return False
        return mark != "," or self._more_than_a_word(here)

    def _more_than_a_word(self, here: int) -> bool | None:
        """Whether what follows a comma is no single word: no ", sir?", no list, no ", D.C."."""
        after = self._run(_UNMARKED, here)
        if after - here == LONGEST_WORD:
            return True
        if after == len(self.text):
            return False if self.final else None
        return self.text[after : after + 1] not in f"{STOPS}{PAUSES}\n"

    def _dash_ends(self, at: int, end: int, here: int) -> bool:
        """A dash with spaces around it, or an em dash between words; no hyphen, range, minus or bullet."""
        dash, before = self.text[at:end], self.text[:at].rstrip()[-1:]
        spaced = here > end and self.text[at - 1 : at].isspace()
        if self.text[here].isdigit() or not (spaced or "—" in dash or "--" in dash):
            return False
        return before.isalpha() or (before != "" and before in '"”»)')

    def _run(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self.text, at)
        return found.end() if found else at + 1

    def _next(self, end: int) -> int:
        """Index of the next character that is not white space, or the length of the text."""
        return self._run(_BLANK, end)

    def _line_ends(self, end: int, here: int) -> bool:
        return "\n" in self.text[end:here]

    def _closes_behind_space(self, end: int, here: int) -> bool:
        """French sets a space before the guillemet that closes: « Bonjour ! »"""
        closes = self.text[here] in "»›" and not self.language.reversed_guillemets
        return closes and not self._line_ends(end, here)

    def _is_first(self, at: int) -> bool:
        """Whether no word stands before ``at``."""
        return not any(char.isalnum() for char in self.text[:at])

    def _word_before(self, at: int) -> str:
        start = at
        while start > 0 and at - start < LONGEST_WORD:
            char = self.text[start - 1]
            if char in BREAKS or char.isspace():
                break
            start -= 1
        return self.text[start:at]
