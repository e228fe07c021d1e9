"""Confidence grows with silence, faster behind a finished sentence, and is never certainty."""

from itertools import pairwise

import pytest

from trunkline.sandbox.flux_confidence import SUREST, TALKING, confidence


@pytest.mark.parametrize(
    ("threshold", "finished", "unfinished"), [(0.5, 0.15, 0.60), (0.7, 0.26, 1.04), (0.9, 0.50, 1.99)]
)
def test_when_a_threshold_is_reached(threshold: float, finished: float, unfinished: float) -> None:
    for text, after in (("I am Anna.", finished), ("I am", unfinished), ("Monday,", unfinished)):
        assert confidence(after + 0.01, text) >= threshold
        assert confidence(after - 0.01, text) < threshold


def test_it_only_grows_and_never_to_one() -> None:
    curve = [confidence(at / 10, "Yes.") for at in range(1000)]
    assert all(after >= before for before, after in pairwise(curve))
    assert curve[0] == TALKING
    assert curve[-1] == SUREST < 1.0


def test_nobody_has_finished_who_has_not_begun() -> None:
    assert confidence(60, "") == TALKING
