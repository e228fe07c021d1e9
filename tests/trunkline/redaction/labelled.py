"""Utterances with what is to be left out of them, and how much of it is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trunkline.redaction.findings import Said, findings
from trunkline.redaction.number_words import FILLERS
from trunkline.redaction.privacy import DEFAULT, Privacy
from trunkline.redaction.tokens import tokens

SILENT = FILLERS | {"the", "of", "in", "on", "it's"}

MARKED = re.compile(r"\{(\w+):([^}]*)\}")


@dataclass(frozen=True)
class Labelled:
    """A few turns."""

    line: str
    turns: tuple[Said, ...]
    secret: frozenset[tuple[int, int]]
    """Turn and place of each word that must go."""


@dataclass(frozen=True)
class Score:
    """Of many; counted in words."""

    precision: float
    recall: float
    perfect: float
    """Share of the lines in which every word was judged rightly."""
    wrong: tuple[str, ...]


def load(name: str) -> list[Labelled]:
    lines = (Path(__file__).parent / name).read_text().splitlines()
    return [_labelled(line) for line in lines if line and not line.startswith("#")]


def _labelled(line: str) -> Labelled:
    turns, secret = [], set()
    for index, part in enumerate(line.split(" / ")):
        agent = part.startswith("> ")
        marked = part.removeprefix("> ")
        text, spans = _unmark(marked)
        turns.append(Said("agent" if agent else "caller", text))
        secret |= {(index, at) for at in telling(text) if any(start <= at < end for start, end in spans)}
    return Labelled(line, tuple(turns), frozenset(secret))


def _unmark(marked: str) -> tuple[str, list[tuple[int, int]]]:
    text, spans, last = "", [], 0
    for found in MARKED.finditer(marked):
        text += marked[last : found.start()]
        spans.append((len(text), len(text) + len(found[2])))
        text += found[2]
        last = found.end()
    return text + marked[last:], spans


def telling(text: str) -> Iterator[int]:
    """Where the words stand that may tell something: all but those that stand between others."""
    yield from (word.start for word in tokens(text) if word.text not in SILENT)


def judged(case: Labelled, privacy: Privacy = DEFAULT) -> set[tuple[int, int]]:
    """The words that are left out."""
    return {
        (found.turn, at)
        for found in findings(case.turns, privacy)
        for at in telling(case.turns[found.turn].text)
        if found.start <= at < found.end
    }


def score(cases: list[Labelled]) -> Score:
    """How well all of them are judged."""
    left_out = {(n, *word) for n, case in enumerate(cases) for word in judged(case)}
    secret = {(n, *word) for n, case in enumerate(cases) for word in case.secret}
    wrong = [case.line for case in cases if judged(case) != case.secret]
    right = len(left_out & secret)
    return Score(right / len(left_out), right / len(secret), 1 - len(wrong) / len(cases), tuple(wrong))
