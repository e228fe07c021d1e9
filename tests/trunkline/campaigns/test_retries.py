"""Retries: each outcome so often, and everything within a bound."""

import pytest

from trunkline.campaigns.retries import LOST, LOST_TIMES, POSTPONED, Retries, Retry

ODD = "unknown"


def test_outcomes_are_tried_again_as_often_as_was_said() -> None:
    retries = Retries.of(["busy=2@10m", "no-answer=1@2h"])
    assert retries.after("busy", ["busy"]) == 600
    assert retries.after("busy", ["busy", "no-answer", "busy"]) == 600
    assert retries.after("busy", ["busy", "busy", "busy"]) is None
    assert retries.after("no-answer", ["busy", "no-answer"]) == 7200
    assert retries.after("no-answer", ["no-answer", "no-answer"]) is None


def test_voicemail_is_an_answer_unless_said_otherwise() -> None:
    assert Retries().after("voicemail-left", ["voicemail-left"]) is None
    assert Retries.of(["voicemail-left=1@1d"]).after("voicemail-left", ["voicemail-left"]) == 86400


def test_nothing_is_tried_for_ever() -> None:
    retries = Retries.of(["busy=99@1s"], attempts=3)
    assert retries.after("busy", ["busy", "busy"]) == 1
    assert retries.after("busy", ["busy", "busy", "busy"]) is None


def test_an_attempt_in_which_no_telephone_rang_does_not_count() -> None:
    retries = Retries.of(["busy=99@1s"], attempts=2)
    assert retries.after(POSTPONED, [POSTPONED] * 40) is not None
    assert retries.after("busy", [POSTPONED, LOST, "busy"]) == 1
    assert retries.after(LOST, [LOST] * LOST_TIMES) is not None
    assert retries.after(LOST, [LOST] * (LOST_TIMES + 1)) is None


def test_never_is_zero() -> None:
    assert Retries.of(["busy=0"]).after("busy", ["busy"]) is None


@pytest.mark.parametrize(
    "written", ["busy", "busy=3", "busy=x@1m", "busy=3@10", "busy=3@10y", "Busy 3", "busy=-1@1m"]
)
def test_what_is_not_understood_says_what_was_expected(written: str) -> None:
    with pytest.raises(ValueError, match="expected OUTCOME=TIMES@AFTER"):
        Retries.of([written])


def test_a_bound_below_one_and_a_retry_of_what_is_always_made_again_are_refused() -> None:
    with pytest.raises(ValueError, match="attempts=0"):
        Retries(attempts=0)
    with pytest.raises(ValueError, match="always made again"):
        Retries.of(["postponed=1@1m"])


def test_json_keeps_them() -> None:
    retries = Retries({"busy": Retry(3, 90.5), ODD: Retry(1, 1)}, attempts=4)
    assert Retries.from_plain(retries.plain()) == retries


def test_they_read_as_a_sentence() -> None:
    told = str(Retries({"busy": Retry(3, 600), "no-answer": Retry(2, 7200), "failed": Retry(1, 45)}, 5))
    each = "busy 3 × after 10 min, no-answer 2 × after 2 h, failed 1 × after 45 s"
    assert told == f"{each}; at most 5 calls to a contact"
    assert str(Retries({}, 1)) == "none; at most 1 calls to a contact"
