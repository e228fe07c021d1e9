"""Tools are understood by their schemas, from whatever framework those come."""

from typing import Any

import pytest

from tests.trunkline.sandbox.dialogue import lines
from tests.trunkline.sandbox.dialogue.lines import function, text
from trunkline.sandbox.dialogue.tools import Kind, listed, read


@pytest.mark.parametrize(
    ("name", "schema", "kind"),
    [
        ("topic", text(), Kind.QUERY),
        ("slot", text("Such as 2026-11-24 09:30."), Kind.SLOT),
        ("start", text("Begin, as 2026-11-24T09:30."), Kind.SLOT),
        ("starts_at", text(format="date-time"), Kind.SLOT),
        ("day", text(format="date"), Kind.DATE),
        ("arrival_date", text(), Kind.DATE),
        ("at", text(format="time"), Kind.TIME),
        ("customer_name", text(), Kind.NAME),
        ("phone_number", text(), Kind.PHONE),
        ("number", text("Phone number to call back."), Kind.PHONE),
        ("size", {"enum": ["small", "large"]}, Kind.CHOICE),
        ("vegetarian", {"type": "boolean"}, Kind.YES_NO),
        ("guests", {"type": "integer"}, Kind.NUMBER),
        ("guests", {"anyOf": [{"type": "null"}, {"type": "integer"}]}, Kind.NUMBER),
        ("guests", {"type": ["integer", "null"]}, Kind.NUMBER),
        ("message", text(), Kind.MESSAGE),
        ("reason", text(), Kind.TEXT),
        ("anything", {}, Kind.TEXT),
    ],
)
def test_what_a_parameter_takes(name: str, schema: dict[str, Any], kind: Kind) -> None:
    (parameter,) = read(function("do", "Does it.", **{name: schema})).parameters
    assert parameter.kind is kind


def test_lists_and_choices() -> None:
    toppings = {"type": "array", "items": {"type": "string", "enum": ["ham", "corn"]}}
    (parameter,) = read(function("order", "Order.", toppings=toppings)).parameters
    assert parameter.many
    assert parameter.choices == ("ham", "corn")


def test_what_a_description_lists() -> None:
    topics = read(lines.LOOK_UP).topics
    assert set(topics) >= {"opening hours", "address", "parking", "check-up", "whitening", "cancellations"}
    assert listed("What for, such as a check-up or a cleaning.") == ("check-up", "cleaning")
    assert listed("Who comes.") == ()


def test_what_a_tool_is_for() -> None:
    end, look_up, cancel = read(lines.END), read(lines.LOOK_UP), read(lines.CANCEL)
    assert end.ends_call
    assert end.speaks
    assert look_up.looks_up
    assert not look_up.ends_call
    assert cancel.wants_confirmation
    assert read(lines.BOOK).parameter("slot") == read(lines.BOOK).of(Kind.SLOT)
    assert read({"name": "hangUp"}).spoken == "hang up"
    assert read({"name": "hangUp"}).ends_call


def test_a_tool_without_a_schema_takes_nothing() -> None:
    assert read({"name": "ping"}).parameters == ()
    assert read({"name": "ping", "parameters": {"type": "object"}}).parameters == ()
