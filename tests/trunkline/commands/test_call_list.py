"""Calls as a table: ids that tell them apart, in eighty columns."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from trunkline.calls.models import CallRow
from trunkline.commands.call_list import STYLES, call_list, distinct, length, milliseconds, outcome, when
from trunkline.life import KINDS

START = datetime(2026, 11, 22, 9, 4, 6, tzinfo=UTC)


def call(sid: str, kind: str | None = "caller-hung-up") -> CallRow:
    return CallRow(
        sid=sid,
        line="appointments",
        caller="+14155550123",
        called="+15550100",
        direction="inbound",
        started_at=START,
        ended_at=START + timedelta(seconds=605),
        outcome=kind,
        reason="",
        last_words="",
        turns=[],
    )


def test_a_row_fits_into_eighty_columns() -> None:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(call_list([call("CA" + "3f" * 16)]))
    lines = capture.get().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("CA3f3f3f ")
    assert lines[1].rstrip().endswith("caller-hung-up")


@pytest.mark.parametrize(
    ("sids", "letters"), [([], 8), (["CA11111111"], 8), (["CA1111111a", "CA1111111b"], 10), (["CA1"] * 2, 8)]
)
def test_ids_are_as_long_as_tells_them_apart(sids: list[str], letters: int) -> None:
    assert distinct(sids) == letters


def test_lengths_and_times() -> None:
    assert [length(seconds) for seconds in (None, 0, 59.6, 605)] == ["", "0:00", "1:00", "10:05"]
    assert [milliseconds(value) for value in (None, 640.4)] == ["", "640 ms"]
    assert when(START) == START.astimezone().strftime("%d %b %H:%M")


def test_outcomes_are_told_apart() -> None:
    assert (outcome(call("CA1", None)).plain, outcome(call("CA1", "failed")).style) == ("not ended", "red")


def test_what_went_well_or_wrong_stands_out() -> None:
    assert set(STYLES) <= set(KINDS)
    plain = {kind for kind in KINDS if kind not in STYLES}
    cut_short = {"abandoned", "idle", "too-long", "over-budget"}
    assert plain == {"busy", "no-answer", "canceled", *cut_short}
    assert {outcome(call("CA1", kind)).style for kind in plain} == {"yellow"}
