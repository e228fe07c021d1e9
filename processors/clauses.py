"""Cuts a reply into units of speech while it is still being written.

A unit is a sentence or a line. The first one may be a clause, so that speech starts early, and a long
sentence goes out clause by clause. Units do not depend on how the text was cut into tokens, and none goes out
before its end is certain.
"""

import re

from processors.boundaries import MARK, Kind, Mark, Passage
from processors.languages import language as words_of

FIRST_WORDS = 3
"""Words that a clause has at least: fewer do not cover the time until the next unit is synthesised."""

FIRST_CHARS = 12
"""Characters that a clause has at least, some 0.8 s of speech."""

LONG = 200
"""Characters from which on a sentence is cut at clauses."""

LIMIT = 2000
"""Characters that a unit never exceeds (Deepgram closes an Aura socket with ``BIG-0001`` above)."""

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(f"[{_EAST_ASIAN}]{{1,2}}|[^\\W_{_EAST_ASIAN}]+")
_IDEOGRAPH = re.compile(f"[{_EAST_ASIAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_LAST_SPACE = re.compile(r"\s(?=\S*$)")


class Clauses:
    """The reply as far as it is known.

    Args:
        language: code of the reply's language, with or without a region.
    """

    def __init__(self, language: str = "en") -> None:
        self._language = words_of(language)
        self._read = self._clause = 0
        self.drop()

    def drop(self) -> None:
        """Forget what is held; the next text begins a reply."""
        self._text = ""
        self._begin_unit()
        self._begins_sentence = True
        self._opening = True
        self._lowercase: bool | None = None

    def feed(self, text: str) -> list[str]:
        """Take the next token.

        Returns:
            the units that are certain now, in order, with their white space: joined, all units of a reply are
            the reply without blank runs between them.
        """
        self._text += text
        if self._lowercase is None and (letter := _LETTER.search(self._text)):
            self._lowercase = letter.group().islower()
        return self._units(final=False)

    def take_back(self, text: str) -> None:
        """Forget what was fed last, if it is still held."""
        if self._text.endswith(text):
            self._text = self._text.removesuffix(text)
            self._read = min(self._read, len(self._text))
            self._clause = min(self._clause, self._read)

    def finish(self) -> list[str]:
        """The units that were held, now that the reply is complete; the next text begins another one."""
        units = self._units(final=True)
        self.drop()
        return units

    def _units(self, *, final: bool) -> list[str]:
        units = []
        while end := self._next_end(final):
            unit, self._text = self._text[:end], self._text[end:]
            self._begin_unit()
            self._opening = self._opening and not long_enough(unit)
            if not unit.isspace():
                units.append(unit)
        return units

    def _begin_unit(self) -> None:
        self._read = 0
        self._clause = 0

    def _next_end(self, final: bool) -> int:
        """Where the next unit ends in the text, or 0 if that is not certain yet.

        Marks are judged in order and once; ``_read`` stands behind the last one, ``_clause`` behind the last
        clause that may end a unit.
        """
        while mark := MARK.search(self._text, self._read):
            at = mark.start()
            if end := self._overlong(at):
                return end
            judged = self._judge(at, final)
            if judged.kind is Kind.OPEN:
                self._read = at
                return 0
            self._read = judged.end
            if judged.kind is Kind.SENTENCE:
                self._begins_sentence = True
                return min(judged.end, LIMIT)
            if judged.kind is Kind.CLAUSE and (self._clause or long_enough(self._text[: judged.end])):
                self._clause = judged.end
                if self._opening:
                    return self._within_sentence(self._clause)
        self._read = len(self._text)
        return self._overlong(self._read) or (len(self._text) if final else 0)

    def _judge(self, at: int, final: bool) -> Mark:
        passage = Passage(
            text=self._text,
            language=self._language,
            final=final,
            begins_sentence=self._begins_sentence,
            lowercase=bool(self._lowercase),
        )
        return passage.judge(at)

    def _overlong(self, read: int) -> int:
        """Where to cut a sentence that has not ended ``read`` characters on, or 0 if it is not too long."""
        if read > LONG and self._clause:
            return self._within_sentence(min(self._clause, LIMIT))
        if read < LIMIT:
            return 0
        space = _LAST_SPACE.search(self._text, 0, LIMIT)
        return self._within_sentence(space.end() if space else LIMIT)

    def _within_sentence(self, end: int) -> int:
        self._begins_sentence = False
        return end


def long_enough(text: str) -> bool:
    """Whether text is worth a unit of its own although its sentence goes on."""
    words = _WORD.findall(text)
    # An ideograph takes about as long to say as two letters.
    chars = sum(2 * len(word) if _IDEOGRAPH.match(word) else len(word) + 1 for word in words)
    return len(words) >= FIRST_WORDS and chars >= FIRST_CHARS
