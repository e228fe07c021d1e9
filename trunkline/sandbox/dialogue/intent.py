"""Which tool the caller wants."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from trunkline.sandbox.dialogue import dates
from trunkline.sandbox.dialogue.similarity import Similarity
from trunkline.sandbox.dialogue.tools import Kind, Tool
from trunkline.sandbox.dialogue.topics import expanded, names
from trunkline.sandbox.dialogue.words import clauses, stems

NAMED = 0.25
"""What it adds when a word of the tool's name, or a thing that it lists, is said."""

DATED = 0.2
"""What it adds when a day is said and the tool wants one."""


class Wish(NamedTuple):
    """A tool, and how surely it is meant."""

    score: float
    """About 0 to 1; the similarity's ``certain`` is enough."""
    tool: Tool | None = None
    words: str = ""
    """The part of what was said that means it."""


def wish(text: str, tools: Sequence[Tool], similarity: Similarity, today: date) -> Wish:
    """The tool that the last part of ``text`` means which means one surely, or else that is meant most."""
    wishes = [_best(clause, tools, similarity, today) for clause in clauses(text)]
    sure = [wish for wish in wishes if wish.score >= similarity.certain]
    return sure[-1] if sure else max(wishes, key=_score, default=Wish(0.0))


def _best(clause: str, tools: Sequence[Tool], similarity: Similarity, today: date) -> Wish:
    wishes = [Wish(fit(clause, t, similarity, today), t, clause) for t in tools if not t.ends_call]
    return max(wishes, key=_score, default=Wish(0.0))


def _score(wish: Wish) -> float:
    return wish.score


def fit(clause: str, tool: Tool, similarity: Similarity, today: date) -> float:
    """How well a tool does what ``clause`` asks for."""
    aspects = [tool.spoken, tool.description.split(". ")[0], *tool.topics]
    meant = expanded(clause)
    score = max(similarity.scores(meant, [aspect for aspect in aspects if aspect]), default=0.0)
    if stems(tool.spoken) & stems(meant) or any(names(meant, t) for t in tool.topics):
        score += NAMED
    if tool.of(Kind.DATE) and dates.day(clause, today):
        score += DATED
    return score
