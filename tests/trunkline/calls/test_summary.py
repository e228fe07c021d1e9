"""A kept call in figures; a caller's number without the person."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trunkline.calls.models import CallRow, TurnRow
from trunkline.calls.summary import Summary, aware, masked, parts, plain, transcript

START = datetime(2026, 11, 22, 9, 4, 6)


def turn(index: int, caller: str = "", total_ms: float | None = None, **values: object) -> TurnRow:
    return TurnRow(
        call_sid="CA1",
        index=index,
        at=START,
        caller=caller,
        agent="",
        interrupted=False,
        tools=[],
        total_ms=total_ms,
        **values,
    )


def call(*turns: TurnRow, ended_at: datetime | None = None) -> CallRow:
    return CallRow(
        sid="CA1",
        line="desk",
        caller="+14155550123",
        called="+15550100",
        direction="inbound",
        started_at=START,
        ended_at=ended_at,
        reason="",
        last_words="",
        turns=list(turns),
    )


def test_figures_of_a_call() -> None:
    figures = Summary.of(
        call(
            turn(0),
            turn(1, "Hi.", 500),
            turn(2, "How much?", 900),
            turn(3, "Bye.", 600),
            ended_at=START + timedelta(seconds=65),
        )
    )
    assert figures == Summary(START.replace(tzinfo=UTC), seconds=65, turns=3, reply_ms=600)


def test_a_call_without_an_end_or_a_measured_reply() -> None:
    assert Summary.of(call(turn(0))) == Summary(
        START.replace(tzinfo=UTC), seconds=None, turns=0, reply_ms=None
    )


def test_a_time_without_a_zone_is_utc_and_another_is_kept() -> None:
    summer = START.replace(tzinfo=timezone(timedelta(hours=2)))
    assert aware(START).tzinfo is UTC
    assert aware(summer) == summer


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        ("+14155550123", "•••123"),
        ("anonymous", "anonymous"),
        ("sip:alice@example.com", "•••com"),
        ("client:alice", "•••ice"),
        ("", "•••"),
    ],
)
def test_a_number_is_masked_and_a_word_is_not(caller: str, shown: str) -> None:
    assert masked(caller) == shown


def test_parts_of_a_reply_are_its_total() -> None:
    spent = parts(turn(1, "Hi.", 700, listening_ms=300, thinking_ms=250, speaking_ms=100))
    assert spent == {"listening": 300, "thinking": 250, "speaking": 100, "other": 50}
    assert sum(spent.values()) == 700


def test_parts_that_overlap_leave_nothing_for_the_rest() -> None:
    assert parts(turn(1, "Hi.", 300, listening_ms=300, thinking_ms=250, speaking_ms=None))["other"] == 0


def test_a_reply_that_was_not_measured_has_no_parts() -> None:
    assert parts(turn(0)) == {}


def test_plain_values_show_the_caller_as_told() -> None:
    shown = plain(call(), "•••123")
    assert (shown["caller"], shown["started_at"]) == ("•••123", "2026-11-22T09:04:06+00:00")
    assert transcript([turn(1, "Hi.", 700)])[0]["parts_ms"]["other"] == 700
