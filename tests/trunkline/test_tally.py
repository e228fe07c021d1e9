"""Workers add up numbers in one memory, each in its own place."""

import os

import pytest

from trunkline.tally import ROWS, Tally


def test_the_numbers_of_all_workers_are_one_sum() -> None:
    tally = Tally(columns=3, workers=2)
    tally.add(0, 1, 2, 0.5)
    tally.add(1, 1, 2)
    tally.add(1, 1, 2)
    tally.set(0, 0, 0, 7)
    tally.set(1, 0, 0, 3)
    assert (tally.sum(1, 2), tally.sum(1, 1), tally.sum(0, 0), tally.most(0, 0)) == (2.5, 0, 10, 7)


def test_no_place_is_another_s() -> None:
    tally = Tally(columns=2, workers=2)
    for worker in range(2):
        for row in (0, 1, ROWS - 1):
            for column in range(2):
                tally.add(worker, row, column)
    assert {tally.sum(row, column) for row in (0, 1, ROWS - 1) for column in range(2)} == {2}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_what_a_worker_counts_is_seen_by_the_others_and_outlives_it() -> None:
    tally = Tally(columns=1, workers=2)
    pid = os.fork()
    if not pid:
        tally.add(1, 0, 0, 42)
        os._exit(0)
    os.waitpid(pid, 0)
    assert tally.sum(0, 0) == 42
