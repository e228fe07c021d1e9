"""The caller's words, made easy to compare."""

import re
from collections.abc import Iterable
from functools import lru_cache

REMEMBERED = 4096
"""Texts that are taken apart once only: a request holds the whole conversation each time."""

FILLERS = frozenset(
    re.findall(
        r"\S+",
        """
    a an the and or but so of to for in on at is are am was be do does did have has had i you we they it
    he she my me your our their this that these those there here please can could would will shall
    should may might must want wanted like need know tell get got give let just well oh um uh er hi
    hello hey okay ok yes yeah no not sorry thanks thank fine right alright good great what what's when
    where who which why how much many long about any some with from by if as up out also too then than
    i'd i'm i've it's that's you're we're don't doesn't would've there's s t d ll re ve m maybe actually
    really one us
    """,
    )
)
"""Words that say nothing about what is wanted."""

CLAUSE = re.compile(
    r"(?<=[.!?;])\s+|,\s+(?=(?:and|but|so|can|could|would|what|where|when|how|do|is|are|i)\b)", re.I
)


@lru_cache(REMEMBERED)
def plain(text: str) -> str:
    """Lower case, one space between words, no punctuation but what numbers and times are written with."""
    text = text.lower().replace("’", "'")
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    text = re.sub(r"[^a-z0-9':.@+ -]|(?<!\d)[.:-]|[.:-](?!\d)", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def clauses(text: str) -> list[str]:
    """The parts of an utterance that may each want something: "Fine, thank you. Can I leave a message?"."""
    return [part for part in map(str.strip, CLAUSE.split(text)) if content(part)]


@lru_cache(REMEMBERED)
def content(text: str) -> tuple[str, ...]:
    """The words that say what a text is about."""
    return tuple(word for word in plain(text).split() if word not in FILLERS)


@lru_cache(REMEMBERED)
def stem(word: str) -> str:
    """A word without its ending, so that "parking" is "park" and "prices" are a "price"."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(REMEMBERED)
def stems(text: str) -> frozenset[str]:
    """The words that say what a text is about, without their endings."""
    return frozenset(map(stem, content(text)))


def listing(words: Iterable[str], last: str = "or") -> str:
    """ "a, b or c"."""
    items = list(words)
    return f" {last} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def sentence(text: str) -> str:
    """``text`` with a capital in front and a stop behind."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")
