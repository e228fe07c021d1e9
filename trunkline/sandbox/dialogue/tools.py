"""The tools that a request offers, as something that can be talked about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from trunkline.sandbox.dialogue.words import REMEMBERED, content, stem


class Kind(Enum):
    """What a parameter takes, by which it is asked for and found in the caller's words."""

    QUERY = auto()
    """What the caller wants to know."""
    SLOT = auto()
    """A day and a time, as another tool offers them."""
    DATE = auto()
    TIME = auto()
    NAME = auto()
    PHONE = auto()
    CHOICE = auto()
    YES_NO = auto()
    NUMBER = auto()
    MESSAGE = auto()
    """Words to pass on as they are."""
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: Kind
    required: bool = True
    choices: tuple[Any, ...] = ()
    """The only values."""
    examples: tuple[str, ...] = ()
    """Values that its description names."""
    whole: bool = False
    """Whether a number is a whole one."""
    many: bool = False
    """Whether it takes a list."""

    @property
    def spoken(self) -> str:
        """Its name as a person says it."""
        return self.name.replace("_", " ").strip()


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def spoken(self) -> str:
        """Its name as a person says it."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).replace("_", " ").replace("-", " ").lower()

    @property
    def verb(self) -> str:
        """The stem of its name's first word: what it does."""
        return stem(self.spoken.split()[0])

    @property
    def topics(self) -> tuple[str, ...]:
        """The things that its description lists."""
        return listed(self.description)

    @property
    def ends_call(self) -> bool:
        words = f"{self.spoken} {self.description}".lower()
        return bool(
            re.search(r"\b(?:ends? (?:the |this )?(?:phone )?call|hangs? up|hangup|good ?bye)\b", words)
        )

    @property
    def speaks(self) -> bool:
        """Whether it says by itself what there is to say."""
        return bool(re.search(r"say nothing|for you\b|do not say|don't say", self.description, re.I))

    @property
    def looks_up(self) -> bool:
        """Whether it changes nothing."""
        return bool(re.match(r"(?:look|find|get|search|check|list|show|what|is|are|who|read)\b", self.spoken))

    @property
    def wants_confirmation(self) -> bool:
        """Whether its description asks for the caller's yes."""
        return bool(re.search(r"\bconfirm", self.description, re.I))

    def of(self, kind: Kind) -> Parameter | None:
        """Its first parameter of a kind."""
        return next((parameter for parameter in self.parameters if parameter.kind is kind), None)

    def parameter(self, name: str) -> Parameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def read(function: Mapping[str, Any]) -> Tool:
    """A tool from its name, description and JSON schema."""
    schema = function.get("parameters") or {}
    required = schema.get("required") or ()
    properties = schema.get("properties") or {}
    parameters = tuple(_parameter(name, dict(value), name in required) for name, value in properties.items())
    return Tool(str(function["name"]), " ".join(str(function.get("description") or "").split()), parameters)


def _parameter(name: str, schema: dict[str, Any], required: bool) -> Parameter:
    many = schema.get("type") == "array"
    schema = _concrete(
        {**(schema.get("items") or {}), "description": schema.get("description")} if many else schema
    )
    description = str(schema.get("description") or "")
    choices = tuple(schema.get("enum") or ([schema["const"]] if "const" in schema else ()))
    return Parameter(
        name=name,
        kind=_kind(name, schema, description, bool(choices)),
        required=required,
        choices=choices,
        examples=listed(description),
        whole=schema.get("type") == "integer",
        many=many,
    )


def _concrete(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the null that an optional parameter may also be."""
    for key in ("anyOf", "oneOf"):
        for option in schema.get(key) or ():
            if option.get("type") != "null":
                return {**schema, **option}
    kind = schema.get("type")
    return (
        {**schema, "type": next((k for k in kind if k != "null"), None)} if isinstance(kind, list) else schema
    )


FORMATS = {"date": Kind.DATE, "date-time": Kind.SLOT, "time": Kind.TIME}

TYPES = {"boolean": Kind.YES_NO, "integer": Kind.NUMBER, "number": Kind.NUMBER}

NAMES = (
    (Kind.PHONE, r"\b(?:phone|telephone|tel|mobile|cell|callback|caller id)\b"),
    (Kind.SLOT, r"\b(?:slots?|time ?slot|appointment|date ?time|when)\b"),
    (Kind.DATE, r"\b(?:day|date)\b"),
    (Kind.TIME, r"\b(?:time|hour)\b"),
    (Kind.QUERY, r"\b(?:topic|query|question|subject|search|keywords?|q)\b"),
    (Kind.MESSAGE, r"\b(?:message|note|notes|text|comment|feedback)\b"),
    (Kind.NAME, r"\b(?:name|caller|customer|patient|guest|person|who)\b"),
)
"""What the name of a parameter says about it, if its type says nothing."""

DESCRIPTIONS = (
    (Kind.PHONE, r"\b(?:phone|telephone) number|number to call"),
    (Kind.SLOT, r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d"),
    (Kind.DATE, r"\d{4}-\d\d-\d\d|YYYY-MM-DD|ISO date"),
)
"""What its description says, which goes before its name."""


def _kind(name: str, schema: Mapping[str, Any], description: str, choices: bool) -> Kind:
    if choices:
        return Kind.CHOICE
    by_type = FORMATS.get(str(schema.get("format"))) or TYPES.get(str(schema.get("type")))
    if by_type:
        return by_type
    for kind, form in DESCRIPTIONS:
        if re.search(form, description, re.I):
            return kind
    words = name.replace("_", " ").lower()
    return next((kind for kind, form in NAMES if re.search(form, words)), Kind.TEXT)


@lru_cache(REMEMBERED)
def listed(description: str) -> tuple[str, ...]:
    """The things that a description lists: "prices (check-up, cleaning), or parking"."""
    parts = re.split(r"[,;:()]|\.(?:\s|$)|\b(?:and|or|such as|like|e\.g\.|for example|about)\b", description)
    if len(parts) < 3:
        return ()
    names = (
        re.sub(r"^(?:(?:a|an|the|of|for|on|in|our|their) )+", "", part.strip().lower()) for part in parts
    )
    return tuple(name for name in names if content(name) and len(name.split()) <= 3)
