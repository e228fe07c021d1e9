"""Who answers the callers: replies that differ, long ones to be talked into, short ones to be heard out."""

import re
from asyncio import get_running_loop
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from trunkline.sandbox.brain import ChatRequest, Piece, Say

ADJECTIVES = (
    *("amber", "broad", "copper", "distant", "eastern", "fallen", "golden", "hidden", "iron", "little"),
    *("marble", "narrow", "olive", "painted", "quiet", "royal", "silver", "twisted", "upper", "velvet"),
)
NOUNS = (
    *("anchor", "bakery", "castle", "depot", "engine", "fountain", "garden", "harbour", "island", "junction"),
    *("kitchen", "lantern", "market", "nursery", "orchard", "palace", "quarry", "river", "station", "tower"),
    *("village", "windmill", "arcade", "bridge", "chapel", "corner", "dairy", "estate", "forge", "gallery"),
    *("hall", "inn", "jetty", "kiosk", "library", "museum", "office", "pavilion", "school", "theatre"),
)

SHORT = "The {name} has that."
"""The first sentence of a reply is short: the voice waits for its last token, and tokens take time."""

LONG = (
    "The {name}. It is open from eight to six on every weekday, and from nine to one on "
    "Saturdays. You can leave your car behind the house for two hours. If you come by bus, the stop is right "
    "across the road, so do drop by."
)
"""Some 16 s."""

KNOWN = 0.6
"""Share of the words heard that must be those of something, to be taken for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what it was answered with."""

    at: float
    """Loop time in seconds."""
    request: ChatRequest
    name: str
    """What only this reply names, in its first sentence."""
    reply: str


class Replies:
    """Answers each request with a reply of its own: no two name the same place.

    Args:
        short: what a short reply is given to, even if only some of its words are heard.
    """

    def __init__(self, short: Collection[str] = ()) -> None:
        self.asked: list[Asked] = []
        """All requests, in order."""
        self._short = [set(_plain(text).split()) for text in short]

    async def prepare(self, request: ChatRequest) -> None:
        """A scripted reply takes no thought."""

    def reply(self, request: ChatRequest) -> Iterator[Piece]:
        template = SHORT if self._is_short(request.user_text) else LONG
        place = name(len(self.asked))
        reply = template.format(name=place)
        self.asked.append(Asked(get_running_loop().time(), request, place, reply))
        yield Say(reply)

    def _is_short(self, text: str) -> bool:
        said = set(_plain(text).split())
        return any(len(said & phrase) >= KNOWN * len(said) and len(said) > 1 for phrase in self._short)


def name(number: int) -> str:
    """A place; of the first 800 none is named within another one's name."""
    rest, first = divmod(number, len(ADJECTIVES))
    more, noun = divmod(rest, len(NOUNS))
    place = f"{ADJECTIVES[first]} {NOUNS[noun]}"
    return place if not more else f"{ADJECTIVES[(more - 1) % len(ADJECTIVES)]} {place}"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "")))
