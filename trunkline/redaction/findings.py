"""What is to be left out of a conversation: found in its turns together. Pure.

A number may be said in several turns, so the caller's numbers are joined from turn to turn while nothing but
fillers stands between them, and what the agent asked for tells what they are. A number that may yet become a
card's is found as *unsure*: it is left out until the caller has gone on with something else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from trunkline.redaction import cards, topics
from trunkline.redaction.dates import Date, dates
from trunkline.redaction.digits import Run, runs
from trunkline.redaction.number_words import digits_of
from trunkline.redaction.privacy import DEFAULT, Privacy
from trunkline.redaction.tokens import Token, tokens
from trunkline.redaction.topics import Announcement, announcements

Speaker: TypeAlias = Literal["caller", "agent"]

UNSURE = "digits"
"""The kind of a number that may become another's beginning."""

PATIENCE = 3
"""Turns of the caller for which it is remembered what the agent asked for."""

FEWEST = {"card": 4, "code": 3, "ssn": 2, "phone": 7}
"""Digits in the first turn of a number that was asked for."""

MOST = {"code": 6, "ssn": 9, "card": 2 * cards.LONGEST, "phone": 15}

BROKEN_OFF = 2
"""Words behind a number in a turn that may still go on, such as "double"."""

LISTENING = 4
"""Words of a turn in the middle of a number, such as "hold on"."""

BEFORE_DATES = frozenset({"on", "in"})

UNSAID = 3
"""Digits in a turn of nothing else that may begin a card."""


@dataclass(frozen=True)
class Said:
    """A turn of one of the two. What is read in it is kept: it is searched with each turn that follows."""

    who: Speaker
    text: str

    @cached_property
    def words(self) -> list[Token]:
        return tokens(self.text)

    @cached_property
    def announced(self) -> list[Announcement]:
        return announcements(self.text)

    @cached_property
    def dates(self) -> list[Date]:
        return dates(self.words)

    @cached_property
    def _runs(self) -> dict[tuple[str, ...], list[Run]]:
        return {}

    def runs(self, languages: tuple[str, ...]) -> list[Run]:
        """The numbers in it."""
        if languages not in self._runs:
            self._runs[languages] = runs(self.words, digits_of(languages))
        return self._runs[languages]

    def tells(self, languages: tuple[str, ...]) -> bool:
        """Whether there is anything to look at: two digits in a row, or word of a birth."""
        several = any(len(run.digits) > 1 for run in self.runs(languages))
        return several or any(one.kind == "birth" for one in self.announced)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is to be left out."""

    turn: int
    """Of those that were searched."""
    start: int
    end: int
    """In its text; the end is behind it."""
    kind: str
    """``card``, ``code``, ``ssn``, ``birth``, ``phone`` or :data:`UNSURE`."""
    digits: str = ""
    """Of the whole number, where this is its last part."""
    date: Date | None = None


@dataclass(slots=True)
class _Part:
    """Digits in one turn."""

    turn: int
    run: Run
    topic: str
    is_pure: bool = False
    """Whether the turn is that number, and words that say nothing."""
    begins_turn: bool = False
    ends_turn: bool = False


@dataclass(slots=True)
class _Dictation:
    """A number over all its turns."""

    parts: list[_Part] = field(default_factory=list)

    @property
    def digits(self) -> str:
        return "".join(part.run.digits for part in self.parts)

    @property
    def topic(self) -> str:
        return next((part.topic for part in self.parts if part.topic), "")


def findings(
    turns: Sequence[Said], privacy: Privacy = DEFAULT, languages: Sequence[str] = (), *, is_over: bool = True
) -> list[Finding]:
    """What is to be left out of a conversation's turns.

    Args:
        turns: in order; the last ones are enough.
        privacy: what that is.
        languages: in which digits may be said; tags.
        is_over: whether nothing more will be said, so that nothing is unsure.
    """
    known = tuple(languages)
    if not any(turn.tells(known) for turn in turns):
        return []
    return _Search(turns, privacy, known).run(is_over=is_over)


class _Search:
    def __init__(self, turns: Sequence[Said], privacy: Privacy, languages: tuple[str, ...]) -> None:
        self._turns = turns
        self._privacy = privacy
        self._languages = languages
        self._topic, self._age = "", 0
        self._open: _Dictation | None = None
        self._dictations: list[_Dictation] = []
        self._found: list[Finding] = []

    def run(self, *, is_over: bool) -> list[Finding]:
        for place, turn in enumerate(self._turns):
            if turn.who == "agent":
                self._agent(place, turn)
            else:
                self._caller(place, turn)
        if self._privacy.births == "all":
            self._all_dates()
        for dictation in self._dictations:
            kind = self._kind(dictation)
            if not kind and not is_over and dictation is self._open and self._is_unsure(dictation):
                kind = UNSURE
            if kind == UNSURE or (kind and self._privacy.leaves_out(kind)):
                self._found += filter(self._is_free, list(self._spans(dictation, kind)))
        return sorted(self._found, key=lambda found: (found.turn, found.start))

    def _all_dates(self) -> None:
        for place, turn in enumerate(self._turns):
            for date in turn.dates:
                if date.month is not None and date.is_whole and date.year is not None:
                    start, end = turn.words[date.first].start, turn.words[date.last].end
                    whole = Finding(place, start, end, "birth", date.figures, date)
                    self._found += filter(self._is_free, [whole])

    def _is_free(self, finding: Finding) -> bool:
        return not any(
            one.turn == finding.turn and one.start < finding.end and finding.start < one.end
            for one in self._found
        )

    # What is being asked for.

    def _agent(self, place: int, turn: Said) -> None:
        for run in turn.runs(self._languages):
            self._dictations.append(_Dictation([_Part(place, run, "")]))
        if turn.announced:
            self._subject(turn.announced[-1].kind)
        elif topics.changes_the_subject(turn.text):
            self._subject("")

    def _subject(self, topic: str) -> None:
        self._topic, self._age = topic, 0
        if self._open is not None and topic and topic != self._open.topic:
            self._open = None

    # What the caller says.

    def _caller(self, place: int, turn: Said) -> None:
        self._age += 1
        if self._age > PATIENCE:
            self._topic = ""
        if self._topic == "birth" or any(one.kind == "birth" for one in turn.announced):
            self._births(place, turn)
        found = turn.runs(self._languages)
        if not found and (len(turn.words) > LISTENING or turn.announced):
            self._open = None
        for number, run in enumerate(found):
            last = found[number - 1].last if number else -1
            begins = _leads(turn.words[: run.first])
            behind = turn.words[run.last + 1 :]
            ends = _leads(behind) or (place == len(self._turns) - 1 and len(behind) <= BROKEN_OFF)
            is_pure = len(found) == 1 and begins and ends
            self._add(_Part(place, run, self._topic_of(turn, run, last), is_pure, begins, ends))
        if turn.announced:
            self._topic, self._age = turn.announced[-1].kind, 0

    def _topic_of(self, turn: Said, run: Run, last: int) -> str:
        """What a number is: by the words that lead to it, else by what was asked for, else by those behind.

        Args:
            turn: where it was said.
            run: the number.
            last: the last word of the number before it; -1 if it is the first.
        """
        words, start, end = turn.words, turn.words[run.first].start, turn.words[run.last].end
        own = [one for one in turn.announced if one.end <= start][-1:]
        topic = own[0].kind if own else self._topic
        since = own[0].end if own else 0
        is_led_to = _leads([word for word in words[last + 1 : run.first] if word.start >= since])
        if topic and (is_led_to or (own and topic == "other")):
            return topic
        behind = [one for one in turn.announced if one.start >= end][:1]
        is_own = not own and last < 0 and behind and behind[0].kind == "ssn"  # "... is my social"
        if is_own and _leads([word for word in words if end <= word.start < behind[0].start]):
            return "ssn"
        return ""

    def _add(self, part: _Part) -> None:
        """To the number that is being said, or as another one."""
        known = self._open
        if known is not None and self._joins(known, part):
            known.parts.append(part)
        else:
            known = _Dictation([part])
            self._dictations.append(known)
        self._open = known if part.ends_turn else None

    def _joins(self, known: _Dictation, part: _Part) -> bool:
        if not part.begins_turn or known.parts[-1].turn == part.turn:
            return False
        if part.topic and known.topic and part.topic != known.topic:
            return False
        most = MOST["ssn"] - 1 if known.topic == "ssn" else 2 * cards.LONGEST - len(part.run.digits)
        return len(known.digits) <= most

    # What it proves to be.

    def _kind(self, dictation: _Dictation) -> str:
        digits, topic = dictation.digits, dictation.topic
        if len(digits) < FEWEST["ssn"]:
            return ""
        if cards.holds_card(digits) and (topic != "other" or cards.is_issued(digits)):
            return "card"
        if topic in ("card", "code", "ssn") and FEWEST[topic] <= len(digits) <= MOST[topic]:
            return topic
        if cards.resembles(digits) and topic != "other":
            return "card"
        if self._is_written_ssn(dictation):
            return "ssn"
        if self._privacy.leaves_out("phone") and self._is_phone(dictation):
            return "phone"
        return ""

    def _is_written_ssn(self, dictation: _Dictation) -> bool:
        """123-45-6789, as nothing else is written."""
        part = dictation.parts[0]
        groups = [piece.digits for piece in part.run.pieces]
        if len(dictation.parts) > 1 or [len(group) for group in groups] != [3, 2, 4]:
            return False
        words = self._turns[part.turn].words[part.run.first : part.run.last + 1]
        text = self._turns[part.turn].text[words[0].start : words[-1].end]
        return text.count("-") == 2 and groups[0] not in ("000", "666") and groups[0] < "900"

    def _is_phone(self, dictation: _Dictation) -> bool:
        first = dictation.parts[0]
        turn = self._turns[first.turn]
        before = turn.text[: turn.words[first.run.first].start]
        plus = before.rstrip().lower().endswith(("+", "plus"))
        count = len(dictation.digits)
        return count in (10, 11) or (FEWEST["phone"] <= count <= MOST["phone"] and (plus or count == 7))

    def _is_unsure(self, dictation: _Dictation) -> bool:
        digits = dictation.digits
        return (
            self._privacy.cards
            and dictation.topic != "other"
            and all(part.is_pure for part in dictation.parts)
            and UNSAID <= len(digits) <= cards.LONGEST
            and cards.may_begin(digits)
        )

    def _spans(self, dictation: _Dictation, kind: str) -> Iterator[Finding]:
        last = dictation.parts[-1]
        for part in dictation.parts:
            words = self._turns[part.turn].words
            whole = dictation.digits if part is last else ""
            yield Finding(part.turn, words[part.run.first].start, words[part.run.last].end, kind, whole)

    # Dates of birth.

    def _births(self, place: int, turn: Said) -> None:
        """The date to which words lead from where one was announced; and another one, if it is not whole."""
        words = turn.words
        since = next((one.end for one in turn.announced if one.kind == "birth"), 0)
        before = 0
        for date in turn.dates:
            start, end = words[date.first].start, words[date.last].end
            lead = [word for word in words[before : date.first] if word.start >= since]
            if start < since or not _leads(lead, BEFORE_DATES) or date.is_nothing:
                continue
            before = date.last + 1
            if self._privacy.leaves_out("birth"):
                self._found.append(Finding(place, start, end, "birth", date.figures, date))
            if date.is_whole:
                self._topic = ""
                return


def _leads(words: Sequence[Token], more: frozenset[str] = frozenset()) -> bool:
    return all(word.text in topics.LEADS or word.text in more for word in words)
