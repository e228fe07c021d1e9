from dataclasses import replace

from benchmarks.endurance import Idle

START = Idle(calls=100, rss_mb=200.0, fds=30, tasks=4, listening=0, speaking=2)


def test_what_was_there_before_is_not_left() -> None:
    assert replace(START, calls=1100, fds=28, tasks=2).left(START) == []


def test_what_is_left_is_named() -> None:
    later = replace(START, fds=31, listening=1)
    assert later.left(START) == ["fds: 30 before, 31 now", "listening: 0 before, 1 now"]


def test_growth_is_a_share_of_what_it_was() -> None:
    assert replace(START, rss_mb=210.0).growth(START) == 0.050000000000000044
