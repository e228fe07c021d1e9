"""Where a call goes when its stream has ended: one answer to Twilio's "what next?", as plain values.

They are kept with the call, so that any process can give the answer, once or again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from trunkline import e164

QUEUE = "queue:"
"""What a queue's name begins with where a text stands for a destination."""

SIP = re.compile(r"sips?:[^@\s]+@[^@\s]+")

NAME_LIMIT = 64
"""Characters of a queue's name (Twilio: TwiML Enqueue)."""


@dataclass(frozen=True, slots=True)
class Number:
    """Somebody's phone, in E.164 (``+15550123``)."""

    number: str

    def __post_init__(self) -> None:
        e164.check(self.number)


@dataclass(frozen=True, slots=True)
class Sip:
    """A SIP address: ``sip:desk@example.com``."""

    uri: str

    def __post_init__(self) -> None:
        if not SIP.fullmatch(self.uri):
            raise ValueError(f"Sip(uri={self.uri!r}) is no SIP URI; expected e.g. sip:desk@example.com")


@dataclass(frozen=True, slots=True)
class QueueNamed:
    """A queue of the carrier's account, where callers wait until somebody dials it."""

    name: str
    wait_url: str = ""
    """Asked for what is heard meanwhile; empty for the carrier's own music. ``<Leave/>`` from there ends the
    wait, and the conversation goes on."""

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= NAME_LIMIT:
            raise ValueError(f"QueueNamed(name={self.name!r}); expected 1 to {NAME_LIMIT} characters")
        if self.wait_url and not self.wait_url.startswith(("https://", "http://")):
            raise ValueError(f"QueueNamed(wait_url={self.wait_url!r}) is no URL; expected https://…")


@dataclass(frozen=True, slots=True)
class Room:
    """A conference in which somebody waits already who knows what it is about."""

    name: str


Destination: TypeAlias = Number | Sip | QueueNamed

KINDS: Mapping[str, type[Number | Sip | QueueNamed | Room]] = {
    "number": Number,
    "sip": Sip,
    "queue": QueueNamed,
    "room": Room,
}


def destination(to: str | Destination) -> Destination:
    """What a text stands for: a number, ``sip:…`` or ``queue:…``.

    Raises:
        ValueError: for nothing that can be called.
    """
    if not isinstance(to, str):
        return to
    if to.startswith(("sip:", "sips:")):
        return Sip(to)
    if to.startswith(QUEUE):
        return QueueNamed(to.removeprefix(QUEUE))
    try:
        return Number(to)
    except ValueError:
        expected = "a number such as '+15550123', 'sip:desk@example.com' or 'queue:support'"
        raise ValueError(f"to={to!r} cannot be called; expected {expected}") from None


def kind(to: Destination | Room) -> str:
    """What sort of a destination it is; tells no number and no address."""
    return next(name for name, made in KINDS.items() if isinstance(to, made))


@dataclass(frozen=True, slots=True)
class Then:
    """Where to, and what is said if nobody is there."""

    to: Destination | Room
    unanswered: str = ""
    """The first words of the conversation that goes on when nobody took the call."""
    ring_seconds: int = 25
    caller_id: str = ""
    """The number that is shown; empty for the caller's own."""

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        address = {name: getattr(self.to, name) for name in self.to.__slots__}
        rest = {"unanswered": self.unanswered, "ring_seconds": self.ring_seconds, "caller_id": self.caller_id}
        return {"kind": kind(self.to), "address": address, **rest}

    @classmethod
    def of(cls, plain: Mapping[str, Any] | None) -> Self | None:
        """What was kept; None for nothing, or for what only another version knows."""
        made = KINDS.get((plain or {}).get("kind", ""))
        if plain is None or made is None:
            return None
        rest = {name: plain[name] for name in ("unanswered", "ring_seconds", "caller_id") if name in plain}
        return cls(made(**plain["address"]), **rest)
