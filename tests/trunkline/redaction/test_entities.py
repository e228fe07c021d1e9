"""Addresses, patterns and values that a line names."""

import pytest

from trunkline.redaction.entities import values_of, without_entities, without_values
from trunkline.redaction.privacy import Entity, Privacy

MAIL = Privacy(entities=("email",))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to anna.baker@example.com please", "write to [email] please"),
        ("it's anna dot baker at gmail dot com", "it's [email]"),
        ("a n n a underscore b at example.org", "[email]"),
        ("meet me at nine", "meet me at nine"),
    ],
)
def test_addresses_are_left_out_as_written_and_as_said(text: str, kept: str) -> None:
    assert without_entities(text, MAIL) == kept


def test_a_pattern_of_the_line_s_own() -> None:
    members = Privacy(entities=(Entity("member number", r"\bHX-?\d{4}\b"),))
    assert without_entities("I am hx-1234, not HX-12", members) == "I am [member number], not HX-12"


def test_values_of_the_call_s_data_and_the_parts_of_names() -> None:
    values = list(
        values_of({"full_name": "Anna Baker", "other": "x", "age": 7}, ("full_name", "age", "gone"))
    )
    assert values == [("full name", "Anna Baker"), ("full name", "Baker"), ("full name", "Anna")]
    text = "Anna Baker here; ANNA, not Annabel"
    assert without_values(text, values) == "[full name] here; [full name], not Annabel"
