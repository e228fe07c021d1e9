"""Transfers as values: to whom a line puts its callers through, how, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from processors.language_wording import wording
from trunkline.transfers.destinations import Destination, Number, QueueNamed, Sip, destination

if TYPE_CHECKING:
    from transports.ambience import Ambience

WORDS = "One moment, I am putting you through."
UNANSWERED = "Nobody is free right now. How else can I help?"
MENU = "Press 1 to take the call, or 2 to decline."

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ -]{0,63}")

LONGEST_RING = 120
"""Seconds; after that the caller has hung up, or somebody's voicemail has answered."""


class Result(StrEnum):
    """What came of a transfer; as the model reads it."""

    GONE = "put through"
    """The announcement was heard, or a human took the call: our end of the call is over."""
    CALLED_OFF = "called off: the caller spoke into the announcement"
    UNDER_WAY = "there is a transfer under way already"
    DECLINED = "declined"
    BUSY = "busy"
    NO_ANSWER = "nobody answered"
    FAILED = "could not be reached"
    LEFT = "somebody answered, and hung up without taking the call"
    CALLER_LEFT = "the caller is gone"

    @property
    def is_unanswered(self) -> bool:
        """Whether somebody was called and did not take the call."""
        return self in (Result.DECLINED, Result.BUSY, Result.NO_ANSWER, Result.FAILED, Result.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """To whom a caller is put through, and how. Each text may be given per language.

    Raises:
        ValueError: a destination that cannot be called, or a manner that does not fit it.
    """

    to: str | Destination
    """``+15550123``, ``sip:desk@example.com``, ``queue:support``, or the value."""
    description: str = ""
    """For the model: when to put callers through to them."""
    warm: bool = False
    """Whether they are told first what it is about, and asked whether they take the call, while the caller
    hears music; else the caller is dialled through."""
    words: str = WORDS
    """Said first; empty for nothing. A caller who speaks into them keeps the conversation."""
    interruptible: bool = True
    """False if nothing the caller says calls it off."""
    summary: str | None = None
    """What they hear first, and so a warm transfer; None for a summary by the model where it is warm."""
    menu: str = MENU
    """With ``warm``: said after the summary."""
    unanswered: str = UNANSWERED
    """Said when nobody takes the call; then the conversation goes on."""
    ring_seconds: int = 25
    caller_id: str = ""
    """The number that they see, one of the account's: empty for the caller's own, or with ``warm`` the
    line's."""

    def __post_init__(self) -> None:
        for name in ("words", "unanswered", "menu"):
            object.__setattr__(self, name, wording(getattr(self, name)))
        object.__setattr__(self, "to", destination(self.to))
        object.__setattr__(self, "warm", self.warm or self.summary is not None)
        if self.warm and isinstance(self.to, QueueNamed):
            raise ValueError("Transfer(warm=True) to a queue: nobody is there to be asked; expected a number")
        if not 5 <= self.ring_seconds <= LONGEST_RING:
            found = f"Transfer(ring_seconds={self.ring_seconds})"
            raise ValueError(f"{found}; expected 5 to {LONGEST_RING}")
        for name in ("unanswered", "menu"):
            if not getattr(self, name).strip():
                raise ValueError(f"Transfer({name}) is empty; expected words")
        if self.caller_id:
            Number(self.caller_id)

    @property
    def destination(self) -> Destination:
        """The same as ``to``, as a value."""
        return destination(self.to)

    @property
    def address(self) -> str:
        """The number or URI that the carrier calls."""
        match self.destination:
            case Number(number):
                return number
            case Sip(uri):
                return uri
            case QueueNamed(name):
                return name


@dataclass(frozen=True, slots=True)
class Transfers:
    """To whom the model may put callers through, by the names that it uses.

    Raises:
        ValueError: there is nobody, or a name that a model cannot use.
    """

    to: Mapping[str, Transfer]
    music: Ambience | None = None
    """What a caller hears who waits for an answer: a recording, at the loudness that it has; None for a soft
    tune that is made here."""

    def __post_init__(self) -> None:
        if not self.to:
            raise ValueError("Transfers is empty; expected {'billing': Transfer(to='+15550123')}")
        for name, transfer in self.to.items():
            if not NAME.fullmatch(name):
                raise ValueError(f"Transfers has {name!r}; expected a name of letters, digits, '-' and '_'")
            if not isinstance(transfer, Transfer):
                raise ValueError(f"Transfers[{name!r}] is {transfer!r}; expected Transfer(to=...)")
        if self.music is not None:
            self.music.loop()

    @property
    def texts(self) -> Iterable[str]:
        """All that may be said of it word for word."""
        every = self.to.values()
        return dict.fromkeys(text for one in every for text in (one.words, one.unanswered) if text)

    def check(self, line: str, number: str) -> None:
        """
        Raises:
            ValueError: a line would put its callers through to itself.
        """
        for name, transfer in self.to.items():
            if transfer.destination == Number(number):
                raise ValueError(f"line {line!r} puts callers through to itself, as {name!r}")


def transfers_of(given: Transfers | Mapping[str, Transfer] | None) -> Transfers | None:
    """What a line was given, as a value.

    Raises:
        ValueError: it is none.
    """
    if given is None or isinstance(given, Transfers):
        return given
    if not isinstance(given, Mapping):
        raise ValueError(f"transfers={given!r}; expected Transfers(...) or {{'billing': Transfer(...)}}")
    return Transfers(given)
