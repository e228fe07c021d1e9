"""A line's privacy: what is not kept of its calls, and for how long the rest is."""

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

Births: TypeAlias = Literal["asked", "all", "kept"]
Numbers: TypeAlias = Literal["kept", "masked"]

LABELS = {"card": "card number", "code": "security code", "ssn": "SSN", "birth": "date of birth"}
"""What stands for what was left out, in brackets; entities are called by their own names."""

KINDS = ("email", "phone")
"""Entities that are known by name."""

NAME = re.compile(r"^[a-z][a-z _-]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entity:
    """Something else that is left out: whatever a regular expression finds in one text.

    Raises:
        ValueError: no name, or a pattern that is none or finds nothing at all everywhere.
    """

    name: str
    """Stands for it, in brackets."""
    pattern: str
    """A regular expression, as :mod:`re` has it; capitals do not count."""
    compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise ValueError(
                f"Entity has name={self.name!r}; expected a word or two, such as 'member number'"
            )
        try:
            object.__setattr__(self, "compiled", re.compile(self.pattern, re.IGNORECASE))
        except (re.error, TypeError) as error:
            raise ValueError(
                f"Entity {self.name!r} has pattern={self.pattern!r}, no regular expression: {error}"
            ) from None
        if self.compiled.fullmatch(""):
            raise ValueError(f"Entity {self.name!r} has pattern={self.pattern!r}, which matches nothing")


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a line's calls leave behind. The model and the tools hear every word; the rest of the world less.

    Left out of the store, of what another process goes on with, of the terminal, traces and logs.

    Raises:
        ValueError: a value that cannot be meant; says which and what was expected.
    """

    cards: bool = True
    """Leave out card numbers and security codes."""
    ssn: bool = True
    """Leave out US social security numbers."""
    births: Births = "asked"
    """Dates of birth: those that were asked for or said as such; ``"all"`` dates with a year; or kept."""
    entities: tuple[str | Entity, ...] = ()
    """More: ``"email"``, ``"phone"``, or an :class:`Entity`."""
    data: tuple[str, ...] = ()
    """Keys of ``call.data`` whose values are left out wherever they turn up, such as ``"name"``."""
    keep_last_four: bool = False
    """Keep the last four digits of cards and SSNs."""
    caller_numbers: Numbers = "kept"
    """Callers' numbers: kept (``trunkline calls`` masks them unless asked), or only their last digits."""
    keep_days: int | None = None
    """Days after which a server deletes what is left of a call, its figures apart; None for never."""

    def __post_init__(self) -> None:
        if self.births not in get_args(Births):
            raise ValueError(f"Privacy has births={self.births!r}; expected one of {get_args(Births)}")
        if self.caller_numbers not in get_args(Numbers):
            found = f"Privacy has caller_numbers={self.caller_numbers!r}"
            raise ValueError(f"{found}; expected one of {get_args(Numbers)}")
        if self.keep_days is not None and self.keep_days < 1:
            raise ValueError(f"Privacy has keep_days={self.keep_days!r}; expected 1 or more, or None")
        self._check_entities()

    def _check_entities(self) -> None:
        for what in ("entities", "data"):
            if not isinstance(getattr(self, what), tuple):
                raise ValueError(f"Privacy has {what}={getattr(self, what)!r}; expected a tuple")
        for entity in self.entities:
            if not isinstance(entity, Entity) and entity not in KINDS:
                expected = f"one of {KINDS} or Entity(name, pattern)"
                raise ValueError(f"Privacy has {entity!r} among its entities; expected {expected}")
        if not all(self.data):
            raise ValueError(f"Privacy has data={self.data!r}; expected names of values in call.data")

    def leaves_out(self, kind: str) -> bool:
        """Whether numbers of a kind are left out: ``card``, ``code``, ``ssn``, ``birth`` or ``phone``."""
        match kind:
            case "card" | "code":
                return self.cards
            case "ssn":
                return self.ssn
            case "birth":
                return self.births != "kept"
            case _:
                return kind in self.entities


DEFAULT = Privacy()
