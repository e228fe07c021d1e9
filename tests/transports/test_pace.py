"""The pace of a voice is learnt from the sentences that it has spoken."""

import pytest

from transports.pace import Pace
from transports.spoken_units import usual_length

TEXT = "The treatment takes about forty five minutes, and you can go back to work right afterwards."


def test_nothing_is_known_at_first() -> None:
    assert Pace().usual == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("pace", [0.8, 1.3])
def test_after_a_minute_it_is_known(pace: float) -> None:
    learnt = Pace()
    for _ in range(12):
        learnt.learn(TEXT, int(8000 * pace * usual_length(TEXT)))
    assert learnt.usual == pytest.approx(pace, rel=0.06)
