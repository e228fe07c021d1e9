"""Pacing: a rate becomes so many calls in so many seconds."""

import pytest

from trunkline.campaigns.pacing import Pacing


@pytest.mark.parametrize(
    ("rate", "limit"),
    [(1.0, (1, 1.0)), (0.5, (1, 2.0)), (1.5, (1, 1 / 1.5)), (50.0, (10, 0.2)), (None, None)],
)
def test_a_rate_is_a_number_of_calls_in_a_time(rate: float | None, limit: tuple[int, float] | None) -> None:
    assert Pacing(rate).limit == (None if limit is None else pytest.approx(limit))


def test_a_look_comes_often_enough_to_keep_the_rate() -> None:
    for rate in (0.1, 1.0, 7.3, 100.0):
        limit = Pacing(rate).limit
        assert limit is not None
        assert 0.05 <= Pacing(rate).glance <= max(limit[1] / 4, 0.05)


@pytest.mark.parametrize("values", [{"rate": 0}, {"rate": -1}, {"rate": 5000}, {"at_once": 0}])
def test_a_pace_that_nobody_can_keep_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        Pacing(**values)  # type: ignore[arg-type]


def test_a_pace_reads_as_a_sentence() -> None:
    assert str(Pacing(0.5, 4)) == "0.5 calls a second, 4 at once"
    assert str(Pacing(None, 4)) == "any number of calls a second, 4 at once"


def test_few_attempts_are_made_ready_ahead() -> None:
    assert [Pacing(1, at_once).ahead for at_once in (1, 10, 500)] == [2, 10, 50]
