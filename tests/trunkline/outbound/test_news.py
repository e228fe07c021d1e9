"""What an answered attempt came to; how news arrives is in tests/calls/test_outbound_orders.py."""

import pytest

from trunkline.life import ABANDONED, COMPLETED, Outcome
from trunkline.outbound.news import _ending


@pytest.mark.parametrize(
    ("outcome", "arrived", "ending"),
    [
        (COMPLETED, True, "answered-human"),
        (Outcome("voicemail-left"), True, "voicemail-left"),
        (Outcome("answered-machine"), True, "answered-machine"),
        (Outcome("fax"), True, "answered-machine"),
        (Outcome("failed", "no voice"), True, "failed"),
        (ABANDONED, True, "failed"),
        (None, True, "answered-human"),
        (None, False, "failed"),
    ],
)
def test_the_calls_outcome_decides(outcome: Outcome | None, arrived: bool, ending: str) -> None:
    assert _ending(outcome, has_arrived=arrived)["outcome"] == ending
