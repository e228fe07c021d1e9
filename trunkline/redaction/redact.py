"""Texts and other values without what a line leaves out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trunkline.redaction.dates import dates
from trunkline.redaction.digits import runs
from trunkline.redaction.entities import without_entities, without_values
from trunkline.redaction.findings import Finding, Said, findings
from trunkline.redaction.number_words import digits_of
from trunkline.redaction.privacy import DEFAULT, LABELS, Privacy
from trunkline.redaction.tokens import tokens

FEWEST = 4
"""Digits of a number that is known, from which on a part of it is known again."""

LAST = 4
"""Digits that may be kept."""

MOST = 1000
"""Texts that are remembered as they were redacted."""


@dataclass(slots=True)
class Known:
    """What was left out of a call so far: it is left out again where it is repeated."""

    digits: dict[str, str] = field(default_factory=dict)
    """Kinds, by the number's digits."""
    days: set[tuple[int, int, int]] = field(default_factory=set)
    """Dates of birth."""
    values: tuple[tuple[str, str], ...] = ()
    """Names and values of the call's data."""
    memo: dict[tuple[str, str], str] = field(default_factory=dict)
    """Texts as they were redacted, by what they answer and how they were; until more is known."""

    def learn(self, found: Iterable[Finding]) -> None:
        """Remember what was found, to know it again."""
        before = len(self.digits) + len(self.days)
        for one in found:
            if one.kind == "birth" and one.date is not None and one.date.same_as is not None:
                self.days.add(one.date.same_as)
            elif one.kind in ("card", "ssn") and len(one.digits) > LAST:
                self.digits[one.digits] = one.kind
        if len(self.digits) + len(self.days) > before:
            self.memo.clear()

    def learn_values(self, values: tuple[tuple[str, str], ...]) -> None:
        """The call's data may have changed."""
        if values != self.values:
            self.values = values
            self.memo.clear()


@dataclass(frozen=True, slots=True)
class Redactor:
    """How one line's words are redacted."""

    privacy: Privacy = DEFAULT
    languages: Sequence[str] = ()

    def turns(self, said: Sequence[Said], known: Known, *, is_over: bool = True) -> list[str]:
        """The texts of turns that follow one another; what is learned of them is added to ``known``.

        Args:
            said: the turns.
            known: of the same call.
            is_over: whether nothing more will be said.
        """
        found = findings(said, self.privacy, self.languages, is_over=is_over)
        known.learn(found)
        return [
            self._text(turn.text, [one for one in found if one.turn == place] if found else (), known)
            for place, turn in enumerate(said)
        ]

    def text(self, text: str, known: Known | None = None, about: str = "") -> str:
        """One text.

        Args:
            text: any.
            known: what the call is known to have told.
            about: what it is the answer to.
        """
        known = known or Known()
        if len(known.memo) > MOST:
            known.memo.clear()
        if (about, text) not in known.memo:
            asked = [Said("agent", f"{about}?")] if about else []
            redacted = self.turns([*asked, Said("caller", text)], known)[-1]
            known.memo[about, text] = redacted
        return known.memo[about, text]

    def plain(self, value: Any, known: Known | None = None, about: str = "") -> Any:
        """A value that JSON can hold: what mappings call it tells what it is. Numbers may become texts."""
        match value:
            case str():
                return self.text(value, known, about)
            case bool() | float() | None:
                return value
            case int():
                text = self.text(str(value), known, about)
                return value if text == str(value) else text
            case Mapping():
                return {key: self.plain(each, known, _words(key)) for key, each in value.items()}
            case list() | tuple():
                return [self.plain(each, known, about) for each in value]
            case _:
                return value

    def _text(self, text: str, found: Sequence[Finding], known: Known) -> str:
        if not (found or known.digits or known.days or known.values or self.privacy.entities):
            return text
        spans = [(one.start, one.end, self._label(one)) for one in found]
        taken = [(start, end) for start, end, _ in spans]
        spans += [one for one in self._repeated(text, known) if not _overlaps(one, taken)]
        text = without_entities(_without(text, spans), self.privacy)
        return without_values(text, known.values)

    def _label(self, one: Finding) -> str:
        name = LABELS.get(one.kind, one.kind)
        if self.privacy.keep_last_four and one.kind in ("card", "ssn") and len(one.digits) > LAST:
            return f"[{name} ending in {one.digits[-LAST:]}]"
        return f"[{name}]"

    def _repeated(self, text: str, known: Known) -> Iterable[tuple[int, int, str]]:
        """What is known already, said once more: the agent reads it back, a tool is given it."""
        if not known.digits and not known.days:
            return
        words = tokens(text)
        for run in runs(words, digits_of(self.languages)):
            for digits, kind in known.digits.items():
                if (
                    len(run.digits) >= FEWEST
                    and run.digits in digits
                    and not self._may_stay(run.digits, digits)
                ):
                    yield words[run.first].start, words[run.last].end, f"[{LABELS[kind]}]"
                    break
        for date in dates(words) if known.days else ():
            if date.same_as in known.days:
                yield words[date.first].start, words[date.last].end, f"[{LABELS['birth']}]"

    def _may_stay(self, part: str, digits: str) -> bool:
        return self.privacy.keep_last_four and part == digits[-LAST:]


def _words(key: object) -> str:
    """A key as one would say it: ``cardNumber`` and ``card_number`` are "card number"."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in str(key))
    return spaced.replace("_", " ").replace("-", " ").lower()


def _overlaps(span: tuple[int, int, str], taken: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _without(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    for start, end, label in sorted(spans, reverse=True):
        text = text[:start] + label + text[end:]
    return text
