"""A kept call in figures; a caller's number without the person."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trunkline.calls.models import CallRow, TurnRow
from trunkline.calls.summary import Summary, aware, masked, plain, transcript, waterfall, waterfalls
from trunkline.waterfall import Waterfall

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


def test_a_reply_s_waterfall_adds_up() -> None:
    reply = turn(1, "Hi.", 700, vad_ms=300, model_ms=250, voice_ms=150, played_ms=20)
    assert waterfall(reply) == Waterfall(vad=300, model=250, voice=150, played=20)


def test_a_reply_that_was_not_measured_has_none() -> None:
    assert waterfall(turn(0)) is None
    assert waterfalls(call(turn(0), turn(1, "Hi.", 20, vad_ms=20))) == [Waterfall(vad=20)]


def test_plain_values_show_the_caller_as_told() -> None:
    replies = [turn(n, "Hi.", ms, vad_ms=ms, played_ms=20) for n, ms in enumerate((300, 500))]
    shown = plain(call(*replies), "•••123")
    assert (shown["caller"], shown["started_at"]) == ("•••123", "2026-11-22T09:04:06+00:00")
    assert shown["segments_ms"]["vad"] == shown["segments_ms"]["total"] == {"p50": 400, "p95": 490}
    spent = transcript(replies)[0]["parts_ms"]
    assert (spent["vad"], spent["model"], spent["played"]) == (300, 0, 20)
    assert transcript([turn(0)])[0]["parts_ms"] == {}
