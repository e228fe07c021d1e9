"""What a line may ask for, and what it is told when it cannot be meant."""

from typing import Any

import pytest

from trunkline.redaction.privacy import DEFAULT, Entity, Privacy


def test_numbers_of_cards_and_people_are_left_out_unless_the_line_wants_them() -> None:
    assert [DEFAULT.leaves_out(kind) for kind in ("card", "code", "ssn", "birth", "phone")] == [True] * 4 + [
        False
    ]
    kept = Privacy(cards=False, ssn=False, births="kept", entities=("phone",))
    assert [kept.leaves_out(kind) for kind in ("card", "code", "ssn", "birth", "phone")] == [False] * 4 + [
        True
    ]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"births": "never"}, "expected one of"),
        ({"caller_numbers": "hashed"}, "expected one of"),
        ({"keep_days": 0}, "expected 1 or more"),
        ({"entities": ["email"]}, "expected a tuple"),
        ({"entities": ("names",)}, "expected one of"),
        ({"data": ("",)}, "call.data"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Privacy(**values)


@pytest.mark.parametrize(("name", "pattern"), [("", "x"), ("4", "x"), ("member", "("), ("member", "x*")])
def test_an_entity_has_a_name_and_a_pattern_that_finds_something(name: str, pattern: str) -> None:
    with pytest.raises(ValueError, match="Entity"):
        Entity(name, pattern)
