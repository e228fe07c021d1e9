"""What a caller's words are about, in as few words as possible."""

import re
from collections.abc import Sequence
from functools import lru_cache

from trunkline.sandbox.dialogue.similarity import Similarity
from trunkline.sandbox.dialogue.words import REMEMBERED, content, plain, stems

MEANS = (
    (r"how much|cost|price|expensive|charge|pay\b|fee", "prices"),
    (r"where are you|find you|located|location|get to you|get there|which street", "address"),
    (r"\bopen\b|\bclose|closed|closing|what time", "opening hours"),
    (r"reschedul|postpone|another (?:time|day|slot)|different (?:time|day)|change my", "move"),
    (
        r"\bsee (?:a|the|somebody|someone|dr|doctor)\b|\bschedule\b|reserve|come in|make an appointment",
        "book",
    ),
    (r"can't make it|cannot make it|call off", "cancel"),
    (r"available|availability|anything on|any openings", "free"),
    (r"call (?:me )?back|pass on|let (?:him|her|them) know", "message"),
    (r"\bhurts?\b|\bpain|urgent|bleeding|broke", "emergency"),
)
"""What callers say, and the word that tools have for it."""

TOGETHER = 6
"""Letters from which a name is found in a text without looking at the spaces."""

LEAD_IN = re.compile(
    r"^(?:(?:yes|well|oh|um|uh|okay|ok|just|so|hi|hello)[ ,]+)*"
    r"(?:(?:it's|it is|it'll be|that's|this is|i'm coming|i would like|i'd like|i want|i need|i have|"
    r"because of|because|due to|for|about)(?: |$))*(?:an? |the |some )?",
    re.IGNORECASE,
)


@lru_cache(REMEMBERED)
def expanded(text: str) -> str:
    """``text`` with the words that tools have for what it says."""
    spoken = plain(text)
    return " ".join([text, *(word for form, word in MEANS if re.search(form, spoken))])


def topic(text: str, known: Sequence[str], similarity: Similarity) -> str:
    """The known topic that ``text`` names or means, or else its own words without the small ones."""
    meant = expanded(text)
    for words in (text, meant):
        if said := [name for name in known if names(words, name)]:
            return " ".join(said)
    scores = similarity.scores(meant, list(known))
    best = max(zip(scores, known, strict=True), default=(0.0, ""))
    return best[1] if best[0] >= similarity.certain else " ".join(content(text))


@lru_cache(REMEMBERED)
def names(text: str, name: str) -> bool:
    """Whether all words of a name are in ``text``, in any form: "checkup" is a "check-up"."""
    squeezed = "".join(plain(name).split())
    together = len(squeezed) >= TOGETHER and squeezed in "".join(plain(text).split())
    return together or stems(name) <= stems(text)


def reason(text: str, examples: Sequence[str], *, asked: bool) -> str | None:
    """What something is for: an example that is named, what follows "because", or else the whole answer."""
    for example in examples:
        if names(text, example):
            return example
    if match := re.search(r"\bbecause (?:of )?(.{4,})", text, re.IGNORECASE):
        return match[1].strip().rstrip(".!")
    said = LEAD_IN.sub("", text.strip()).strip().rstrip(".!")
    return said or None if asked else None
