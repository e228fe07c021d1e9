"""How a line calls people: what it says, and when, and to whom it does not talk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal

from processors.language_wording import Wording, wording
from trunkline.outbound.hours import Hours

Detection = Literal["off", "start", "message-end"]
"""Whether the carrier finds out if a machine has answered, and whether it waits for the machine's beep."""

LONGEST_RING = 600
"""Seconds (Twilio: Call resource)."""


USUAL_HOURS = Hours()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """The manners of a line that calls out.

    ``greeting``, ``voicemail`` and ``screening`` may name fields of the call's data: ``"Hello {name}, ..."``.

    Raises:
        ValueError: a value that does not fit, or does not fit another.
    """

    greeting: str | None = None
    """The first words to who answers; None for those of the line."""
    greet_after: float = 1.5
    """Seconds of silence after which the agent speaks first; who says "Hello?" is greeted sooner."""
    amd: Detection = "message-end"
    """``start`` knows a machine sooner, ``message-end`` knows its beep, ``off`` costs nothing."""
    voicemail: str | None = None
    """Said to a machine after its beep; None for hanging up."""
    screening: str | None = None
    """Said to a person or an assistant who asks who is calling, ahead of the greeting; None for it alone."""
    hours: Hours | None = USUAL_HOURS
    """When people may be called, by their own time; None for always."""
    ring_seconds: int = 30

    def __post_init__(self) -> None:
        if self.amd not in ("off", "start", "message-end"):
            expected = "'off', 'start' or 'message-end'"
            raise ValueError(f"Outbound(amd={self.amd!r}) is not understood; expected {expected}")
        if self.voicemail is not None and self.amd != "message-end":
            raise ValueError(
                f"Outbound has a voicemail message and amd={self.amd!r}, which knows no beep; "
                "expected amd='message-end'"
            )
        if not 0 <= self.greet_after <= 30:
            raise ValueError(f"Outbound has greet_after={self.greet_after}; expected seconds, from 0 to 30")
        if not 5 <= self.ring_seconds <= LONGEST_RING:
            raise ValueError(f"Outbound rings for {self.ring_seconds} s; expected 5 to {LONGEST_RING}")
        if self.hours is not None and not isinstance(self.hours, Hours):
            raise ValueError(f"Outbound has hours={self.hours!r}; expected Hours('09:00', '20:00') or None")
        for name in ("greeting", "voicemail", "screening"):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, wording(text))
                self._check(name, wording(text))

    def _check(self, name: str, text: str) -> None:
        if not text.strip():
            raise ValueError(f"Outbound has an empty {name}; expected words, or None")
        try:
            list(fields(text))
        except ValueError as error:
            raise ValueError(f"Outbound has {name}={str(text)!r}: {error}; write {{{{ for a brace") from error

    def texts(self) -> tuple[str, ...]:
        """All that it says."""
        return tuple(text for text in (self.greeting, self.voicemail, self.screening) if text is not None)

    def prompts(self) -> tuple[str, ...]:
        """Those that are the same in each call."""
        return tuple(text for text in self.texts() if not any(fields(text)))

    def missing(self, data: Mapping[str, Any]) -> list[str]:
        """Fields that its texts name, and the data of a call lacks."""
        named = dict.fromkeys(name for text in self.texts() for name in fields(text))
        return [name for name in named if name not in data]


def check_manners(line: str, given: object) -> None:
    """
    Raises:
        ValueError: what a line has for manners are none.
    """
    if given is not None and not isinstance(given, Outbound):
        raise ValueError(f"line {line!r} has outbound={given!r}; expected Outbound(...) or None")


def fields(text: str) -> Iterator[str]:
    """The names in braces.

    Raises:
        ValueError: a brace without another, or one around anything but a name.
    """
    for one in text.by_language.values() if isinstance(text, Wording) else (text,):
        for _, name, _, _ in Formatter().parse(one):
            if name is not None:
                if not name.isidentifier():
                    raise ValueError(f"expected a field's name in braces, found {{{name}}}")
                yield name


def filled(text: str, data: Mapping[str, Any]) -> str:
    """The text with a call's data in it, in each of its languages; a text without fields is itself."""
    if not any(fields(text)):
        return text
    if isinstance(text, Wording):
        return Wording({language: one.format_map(data) for language, one in text.by_language.items()})
    return text.format_map(data)
