"""Functions are read for the model, and what the model sends is read for the function."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import pytest

from processors.tool_signature import BadTool, WrongArguments, read

if TYPE_CHECKING:
    from nowhere import Call  # type: ignore[import-not-found]


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Person:
    name: str
    title: str | None = None


async def book(
    call: "Call",
    day: date,
    kind: Literal["check-up", "cleaning"],
    minutes: int = 30,
    phone: str | None = None,
    sizes: list[Size] | None = None,
    who: Person | None = None,
    urgent: bool = False,
    price: float = 0.0,
    note: str = "",
) -> str:
    """Book an appointment.

    Only after the caller has agreed.

    Args:
        call: the call.
        day: the day, which is
            never a Sunday.
        kind: what for.
    """
    return ""


def test_the_docstring_is_the_description_and_call_is_ours() -> None:
    signature = read(book)
    assert signature.name == "book"
    assert signature.description == "Book an appointment.\n\nOnly after the caller has agreed."
    assert signature.takes_call
    assert "call" not in [parameter.name for parameter in signature.parameters]
    assert [p.name for p in signature.parameters if p.required] == ["day", "kind"]


def test_annotations_become_json_schema() -> None:
    schemas = {parameter.name: parameter.schema for parameter in read(book).parameters}
    assert schemas["day"] == {
        "type": "string",
        "format": "date",
        "description": "the day, which is never a Sunday.",
    }
    assert schemas["kind"] == {
        "type": "string",
        "enum": ["check-up", "cleaning"],
        "description": "what for.",
    }
    assert schemas["minutes"] == {"type": "integer", "default": 30}
    assert schemas["phone"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert schemas["sizes"]["anyOf"][0] == {
        "type": "array",
        "items": {"type": "string", "enum": ["small", "large"]},
    }
    assert set(schemas["who"]["anyOf"][0]["properties"]) == {"name", "title"}
    assert schemas["urgent"] == {"type": "boolean", "default": False}
    assert schemas["price"] == {"type": "number", "default": 0.0}
    assert "$" not in str(schemas)


def test_arguments_arrive_in_the_function_s_types() -> None:
    bound = read(book).bind(
        {
            "day": "2026-12-24",
            "kind": "cleaning",
            "minutes": "45",
            "phone": 5550100,
            "sizes": ["small"],
            "who": {"name": "Miller"},
            "urgent": "true",
            "price": 3,
        }
    )
    assert bound == {
        "day": date(2026, 12, 24),
        "kind": "cleaning",
        "minutes": 45,
        "phone": "5550100",
        "sizes": [Size.SMALL],
        "who": Person("Miller"),
        "urgent": True,
        "price": 3.0,
    }


def test_null_for_what_has_a_default_means_the_default() -> None:
    sent = {"day": "2026-12-24", "kind": "cleaning", "minutes": None, "phone": None}
    assert read(book).bind(sent) == {"day": date(2026, 12, 24), "kind": "cleaning", "phone": None}


def test_wrong_arguments_are_all_named() -> None:
    with pytest.raises(WrongArguments) as wrong:
        read(book).bind({"kind": "party", "minutes": "soon", "who": {}, "when": "now"})
    message = str(wrong.value)
    assert "when: unknown; book takes day, kind" in message
    assert "day: missing" in message
    assert "kind: Input should be 'check-up' or 'cleaning'" in message
    assert "minutes: Input should be a valid integer" in message
    assert "who.name: " in message


async def no_docstring(day: str) -> None: ...


async def no_type(day) -> None:  # type: ignore[no-untyped-def]
    """Look."""


async def stars(*days: str) -> None:
    """Look."""


async def stars_by_name(**days: str) -> None:
    """Look."""


async def by_place(day: str, /) -> None:
    """Look."""


async def late_call(day: str, call: Any) -> None:
    """Look."""


async def stray(day: str) -> None:
    """Look.

    Args:
        dya: the day.
    """


async def no_json(when: Callable[[], None]) -> None:
    """Look."""


async def unknown(when: "Sometime") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Look."""


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (no_docstring, "tool no_docstring: has no docstring; say in one what it does"),
        (no_type, "tool no_type: parameter 'day' has no type; annotate it"),
        (stars, "tool stars: .*give each one a name of its own"),
        (stars_by_name, "tool stars_by_name: .*give each one a name of its own"),
        (by_place, "tool by_place: .*give each one a name of its own"),
        (late_call, "tool late_call: parameter 'call' must be the first one"),
        (stray, "tool stray: its docstring describes 'dya', but it has no such parameter"),
        (no_json, "tool no_json: parameter 'when' has type .* which JSON cannot hold; use str"),
        (unknown, "tool unknown: the type 'Sometime' is not known"),
        (lambda: None, "tool <lambda>: a tool is a named function"),
        (partial(book), "a tool is a named function"),
    ],
)
def test_a_function_that_cannot_be_offered_says_why(function: Callable[..., Any], problem: str) -> None:
    with pytest.raises(BadTool, match=problem):
        read(function)


def test_a_function_without_parameters_is_a_tool() -> None:
    def now() -> str:
        """The time."""
        return ""

    signature = read(now)
    assert signature.parameters == ()
    assert not signature.takes_call
    with pytest.raises(WrongArguments, match="now takes no arguments"):
        signature.bind({"zone": "UTC"})
