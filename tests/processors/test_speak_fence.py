"""The fence lets nothing through that was cancelled, and does not stand for longer than it must."""

from processors.speak_fence import OVERDUE, QUIET, Fence


def test_a_new_socket_may_be_spoken_on() -> None:
    assert Fence().is_open(0)


def test_it_stands_until_cleared_and_until_it_was_quiet_since() -> None:
    fence = Fence()
    fence.clear(0)
    fence.stale(1)
    assert fence.is_up
    assert not fence.is_open(100)
    fence.cleared(100)
    assert not fence.is_up
    assert not fence.is_open(100)
    assert fence.is_open(100 + QUIET)


def test_audio_after_cleared_breaches_it_for_good() -> None:
    fence = Fence()
    fence.clear(0)
    fence.stale(0.1)
    fence.cleared(0.2)
    assert not fence.is_breached
    fence.stale(0.3)
    assert fence.is_breached
    assert not fence.is_open(1000)


def test_stray_audio_without_a_clear_only_delays() -> None:
    fence = Fence()
    fence.stale(5)
    assert not fence.is_breached
    assert not fence.is_open(5)
    assert fence.is_open(5 + QUIET)


def test_cleared_is_overdue_after_a_while() -> None:
    fence = Fence()
    assert fence.overdue_at == float("inf")
    fence.clear(10)
    assert fence.overdue_at == 10 + OVERDUE
    fence.cleared(10.5)
    assert fence.overdue_at == float("inf")
