"""How long the carrier waits for a webhook (Twilio: Webhooks, connection overrides)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Limits:
    """Twilio's defaults; a customer overrides them in the fragment of a URL, ``#ct=2000&rc=2&rp=all``."""

    connect: float = 5.0
    """Seconds for the TCP connection."""
    read: float = 15.0
    """Seconds for the first byte, and between any two."""
    total: float = 15.0
    """Seconds for all attempts together."""
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})
    """What is tried again: ``ct`` no connection, ``rt`` no answer, ``4xx``, ``5xx``, ``all``."""

    def retry(self, failure: str, attempt: int) -> bool:
        """Whether the ``attempt``-th attempt, which failed so, is followed by another."""
        return attempt <= self.retries and not self.policy.isdisjoint({failure, "all"})


def split(url: str) -> tuple[str, Limits]:
    """The URL to request and to sign, and the limits that its fragment asks for.

    Overrides that are unknown or out of range count as not given.
    """
    # Not urldefrag: it rewrites what it splits, and the signature covers every byte.
    address, _, fragment = url.partition("#")
    limits = Limits()
    for key, value in parse_qsl(fragment):
        limits = _override(limits, key, value)
    return address, limits


def _override(limits: Limits, key: str, value: str) -> Limits:
    if key == "rp":
        return replace(limits, policy=frozenset(value.split(",")))
    if key not in _RANGES or not value.isdecimal():
        return limits
    low, high, change = _RANGES[key]
    return change(limits, int(value)) if low <= int(value) <= high else limits


_RANGES: dict[str, tuple[int, int, Callable[[Limits, int], Limits]]] = {
    "ct": (100, 10_000, lambda limits, ms: replace(limits, connect=ms / 1000)),
    "rt": (100, 15_000, lambda limits, ms: replace(limits, read=ms / 1000)),
    "tt": (100, 15_000, lambda limits, ms: replace(limits, total=ms / 1000)),
    "rc": (0, 5, lambda limits, times: replace(limits, retries=times)),
}
"""Key to the lowest and highest value that counts, in milliseconds or retries, and what it changes."""
