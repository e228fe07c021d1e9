import argparse

import pytest

from benchmarks.run import _line, _names, _numbers, _plan
from tests.benchmarks.runs import point


def test_a_sweep_is_that_of_the_subject_unless_calls_are_given() -> None:
    options = argparse.Namespace(short=False, subjects=("trunkline", "stock"), calls=None)
    assert [(kind.name, calls) for kind, calls in _plan(options)] == [
        ("trunkline", (1, 20, 60, 80, 100)),
        ("stock", (1, 4, 6)),
    ]
    options.calls = (3,)
    assert [calls for _, calls in _plan(options)] == [(3,), (3,)]


def test_a_short_run_comes_to_every_subject_that_is_wanted() -> None:
    options = argparse.Namespace(short=True, subjects=("floor", "trunkline"), calls=None)
    assert [(kind.name, calls) for kind, calls in _plan(options)] == [
        ("trunkline", (1, 60, 80)),
        ("floor", (60,)),
    ]


def test_an_unknown_subject_is_named() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no subject nobody; there are trunkline"):
        _names("trunkline,nobody")
    assert _numbers("1,20") == (1, 20)


def test_the_line_of_a_point_says_whether_it_was_quiet() -> None:
    assert _line(point("trunkline", 20)).endswith("quiet")
    assert _line(point("trunkline", 20, noise="stolen")).endswith("NOISY: stolen")
