import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.panel.marks import Kind, Mark
from benchmarks.stage import Take
from benchmarks.waterfall import differences
from tests.benchmarks.panel.channels import channel
from trunkline.waterfall import SEGMENTS

MARKS = (
    Mark(Kind.TURN, "yes please", 2, 4),
    Mark(Kind.TURN, "My name is Tom Fisher.", 6, 8),
    Mark(Kind.TURN, "It's for a check-up.", 10, 12),
)
TAKE = Take(
    "test",
    "CA1",
    100.0,
    channel([(2, 4), (6, 8), (10, 12)]),
    channel([(0, 1), (4.36, 5), (8.4, 9), (12.5, 13)]),
    MARKS,
    (),
)


def store(path: Path, turns: Sequence[tuple[str, float | None]]) -> Path:
    """A call store with turns whose model took some milliseconds, and everything else a tenth of one."""
    columns = ", ".join(f"{name}_ms" for name in SEGMENTS)
    with sqlite3.connect(path / "calls.db") as database:
        database.execute(f'create table turns (call_sid, "index", caller, total_ms, {columns})')
        for index, (caller, model) in enumerate(turns):
            parts = [model if name == "model" else None if model is None else 0.1 for name in SEGMENTS]
            values = ("CA1", index, caller, model, *parts)
            places = ", ".join("?" * len(values))
            database.execute(f"insert into turns values ({places})", values)  # noqa: S608
    return path / "calls.db"


def test_the_sum_of_a_turns_segments_is_compared_with_what_was_measured(tmp_path: Path) -> None:
    rest = (len(SEGMENTS) - 1) / 10
    turns = (("", None), ("yes please", 360 - rest), ("my name is tom fisher", 390), ("Check-up.", 510))
    found = differences(store(tmp_path, turns), [TAKE])
    assert found == [
        pytest.approx(0, abs=0.2),
        pytest.approx(rest - 10, abs=0.2),
        pytest.approx(rest + 10, abs=0.2),
    ]


def test_turns_that_nobody_meant_are_passed_over(tmp_path: Path) -> None:
    turns = (
        ("Dinner is ready.", 900),
        ("yes please", 360),
        ("okay", 5),
        ("my name is Tom Fisher", 400),
        ("a check-up", 500),
    )
    found = differences(store(tmp_path, turns), [TAKE])
    assert [off is not None and abs(off) < 2 for off in found] == [True, True, True]


def test_a_turn_that_the_store_does_not_know_is_told(tmp_path: Path) -> None:
    found = differences(store(tmp_path, (("yes please", None), ("a check-up", 500))), [TAKE])
    assert found[:2] == [None, None]
    assert found[2] is not None


def test_what_is_said_twice_is_two_turns(tmp_path: Path) -> None:
    twice = replace(TAKE, marks=tuple(replace(mark, text="yes please") for mark in MARKS))
    turns = (("yes please", 360), ("yes please", 400), ("yes please", 500))
    found = differences(store(tmp_path, turns), [twice])
    assert [off is not None and abs(off) < 2 for off in found] == [True, True, True]
