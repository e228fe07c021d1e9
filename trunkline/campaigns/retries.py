"""Retries: which outcomes are tried again, how often and after how long."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
"""Seconds."""

WRITTEN = re.compile(r"^(?P<outcome>[a-z][a-z-]*)=(?P<times>\d+)(@(?P<after>\d+(\.\d+)?)(?P<unit>[smhd]))?$")

EXPECTED = "expected OUTCOME=TIMES@AFTER, as in busy=3@10m (s, m, h or d), or voicemail=0"

POSTPONED = "postponed"
"""No call was made, and none was lost: it was not the time of day."""

LOST = "lost"
"""The carrier never had the call: the process died on its way there."""

UNCOUNTED = frozenset({POSTPONED, LOST})
"""Outcomes of attempts in which nobody's phone rang; they do not count against the bound."""

LOST_AFTER = 5.0
"""Seconds."""

LOST_TIMES = 5
"""How often an attempt may be lost before the contact is given up."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and after how long."""

    times: int
    after: float
    """Seconds."""


DEFAULT = {
    "busy": Retry(3, 600.0),
    "no-answer": Retry(2, 7200.0),
    "failed": Retry(1, 600.0),
    "unknown": Retry(1, 3600.0),
}
"""A busy phone is free soon, a person who is out is back later. Voicemail is an answer."""


@dataclass(frozen=True, slots=True)
class Retries:
    """What becomes of a contact after each outcome.

    Raises:
        ValueError: a retry that cannot be kept.
    """

    by_outcome: Mapping[str, Retry] = field(default_factory=lambda: dict(DEFAULT))
    """Outcomes that are not named are final."""
    attempts: int = 8
    """Calls to one contact, whatever comes of them."""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts={self.attempts}; expected 1 or more")
        for outcome in UNCOUNTED & set(self.by_outcome):
            raise ValueError(f"retry of {outcome!r}: such an attempt is always made again")

    @classmethod
    def of(cls, written: Iterable[str], attempts: int = 8) -> Self:
        """The usual ones, with some changed.

        Args:
            written: such as ``busy=3@10m``, or ``failed=0`` for never.
            attempts: calls to one contact.

        Raises:
            ValueError: not written so.
        """
        changed = dict(DEFAULT)
        for text in written:
            found = WRITTEN.match(text.strip().lower())
            if found is None or (int(found["times"]) and not found["after"]):
                raise ValueError(f"{text!r}; {EXPECTED}")
            after = float(found["after"] or 0) * UNITS[found["unit"] or "s"]
            changed[found["outcome"]] = Retry(int(found["times"]), after)
        return cls({name: retry for name, retry in changed.items() if retry.times}, attempts)

    def after(self, outcome: str, so_far: Iterable[str]) -> float | None:
        """Seconds until the next attempt; None if there is none.

        Args:
            outcome: of the attempt that is over.
            so_far: outcomes of all attempts of the contact, this one among them.
        """
        outcomes = list(so_far)
        if outcome == POSTPONED or (outcome == LOST and outcomes.count(LOST) <= LOST_TIMES):
            return LOST_AFTER
        retry = self.by_outcome.get(outcome)
        if retry is None or outcomes.count(outcome) > retry.times:
            return None
        counted = sum(one not in UNCOUNTED for one in outcomes)
        return retry.after if counted < self.attempts else None

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        kept = {name: [retry.times, retry.after] for name, retry in self.by_outcome.items()}
        return {"attempts": self.attempts, "by_outcome": kept}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """From what :meth:`plain` gave."""
        kept = {name: Retry(int(times), float(after)) for name, (times, after) in plain["by_outcome"].items()}
        return cls(kept, int(plain["attempts"]))

    def __str__(self) -> str:
        told = [
            f"{name} {retry.times} × after {_span(retry.after)}" for name, retry in self.by_outcome.items()
        ]
        return f"{', '.join(told) or 'none'}; at most {self.attempts} calls to a contact"


def _span(seconds: float) -> str:
    """As a person says it: ``2 h``."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % UNITS[unit] == 0:
            return f"{seconds / UNITS[unit]:g} {unit.replace('m', 'min')}"
    return f"{seconds:g} s"
