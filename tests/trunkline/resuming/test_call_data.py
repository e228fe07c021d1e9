"""What tools remember is told when it changes, and kept as far as JSON can hold it."""

from collections.abc import Callable
from typing import Any

import pytest
from loguru import logger

from trunkline.resuming.call_data import CallData, Keepable, Remembered
from trunkline.resuming.resumption import Resumed

CHANGES: list[Callable[[CallData], Any]] = [
    lambda data: data.__setitem__("a", 1),
    lambda data: data.__delitem__("x"),
    lambda data: data.update(a=1),
    lambda data: data.setdefault("a", 1),
    lambda data: data.pop("x"),
    lambda data: data.clear(),
    lambda data: data.__ior__({"a": 1}),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_told(change: Callable[[CallData], Any]) -> None:
    data, told = CallData(x=0), []
    expected = dict(data)
    change(data)
    data = CallData(x=0)
    data.changed = lambda: told.append(dict(data))
    change(data)
    assert told == [dict(data)]
    assert dict(data) != expected


def test_what_json_cannot_hold_is_named_once_by_its_type() -> None:
    said: list[str] = []
    sink = logger.add(said.append, level="WARNING", format="{message}")
    keepable = Keepable("CA1")
    data = {
        "name": "Ada",
        "at": (8, 30),
        "card": b"4111",
        "pin": b"1234",
        "ratio": float("nan"),
        "of": object(),
    }
    for _ in range(2):
        assert keepable.of(data) == {"name": "Ada", "at": [8, 30]}
    logger.remove(sink)
    assert [line.split("of type ")[1].split()[0] for line in said] == ["bytes", "float", "object"]
    assert "4111" not in "".join(said)


def test_a_call_begins_with_its_data_and_goes_on_with_what_was_kept() -> None:
    remembered = Remembered(Resumed(data={"a": 2}, stage="x", attempts=3), {"a": 1, "b": 1})
    assert (remembered.data, remembered.stage, remembered.attempts) == ({"a": 2, "b": 1}, "x", 3)
    told = []
    remembered.changed = lambda: told.append(remembered.stage)
    remembered.stage = "y"
    remembered.data["c"] = 3
    assert told == ["y", "y"]
